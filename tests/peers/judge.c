/* judge FILE [GROUP | COPY CONTAINER]: prints everything that libexodus reads as JSON and, if asked to, writes all of it through
   libexodus into a new file. Whatever libexodus reads in parts is also read in parts. CONTAINER: cdf1, cdf2, netcdf4, netcdf4-classic, with "+int64" for wide integers. */
#include <exodusII.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME 255

typedef struct {
  ex_entity_type type;
  const char *name;
  int64_t count;
} kind;

static int in, root, out = -1, wide;
static const char *separator = "";

/* Newer versions have more counts. */
static union {
  ex_init_params counts;
  char room[sizeof(ex_init_params) + 256];
} header_of_file;
#define init header_of_file.counts

static void fail(const char *what) {
  fflush(stdout);
  fprintf(stderr, "libexodus: %s failed\n", what);
  exit(1);
}

#define TRY(call)      \
  do {                 \
    if ((call) < 0)    \
      fail(#call);     \
  } while (0)
#define PUT(call)      \
  do {                 \
    if (out >= 0)      \
      TRY(call);       \
  } while (0)

/* Memory is never given back: the program is short-lived. */
static void *room(int64_t count) {
  void *memory = calloc(count > 0 ? count : 1, 8);
  if (!memory)
    fail("calloc");
  return memory;
}

static char **rows(int64_t count, size_t width) {
  char **list = room(count);
  for (int64_t i = 0; i < count; i++)
    list[i] = calloc(1, width + 1);
  return list;
}

/* JSON. */
static void quoted(const char *text) {
  putchar('"');
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    if (*c == '"' || *c == '\\')
      printf("\\%c", *c);
    else if (*c < 32)
      printf("\\u%04x", *c);
    else
      putchar(*c);
  }
  putchar('"');
}

static void key(const char *name) {
  fputs(separator, stdout);
  if (name) {
    quoted(name);
    putchar(':');
  }
  separator = ",";
}

static void begin(const char *name, char bracket) {
  key(name);
  putchar(bracket);
  separator = "";
}

static void end(char bracket) {
  putchar(bracket);
  separator = ",";
}

static void number(const char *name, int64_t value) {
  key(name);
  printf("%lld", (long long)value);
}

static void text(const char *name, const char *value) {
  key(name);
  quoted(value);
}

static void texts(const char *name, char **list, int64_t count) {
  begin(name, '[');
  for (int64_t i = 0; i < count; i++)
    text(NULL, list[i]);
  end(']');
}

static void integers(const char *name, const int64_t *list, int64_t count) {
  begin(name, '[');
  for (int64_t i = 0; i < count; i++)
    number(NULL, list[i]);
  end(']');
}

static void shorts(const char *name, const int *list, int64_t count) {
  begin(name, '[');
  for (int64_t i = 0; i < count; i++)
    number(NULL, list[i]);
  end(']');
}

static void reals(const char *name, const double *list, int64_t count) {
  begin(name, '[');
  for (int64_t i = 0; i < count; i++) {
    key(NULL);
    /* JSON knows finite numbers only. */
    printf(isfinite(list[i]) ? "%.17g" : "null", list[i]);
  }
  end(']');
}

/* A part of an array read on its own must be that part of the array. */
static void same(const char *what, const void *part, const void *whole, int64_t count) {
  if (memcmp(part, whole, 8 * count)) {
    fprintf(stderr, "libexodus: a part of %s differs\n", what);
    exit(1);
  }
}

static void header(void) {
  TRY(ex_get_init_ext(in, &init));
  PUT(ex_put_init_ext(out, &init));
  text("title", init.title);
  begin("counts", '{');
  number("dimensions", init.num_dim);
  number("nodes", init.num_nodes);
  number("edges", init.num_edge);
  number("faces", init.num_face);
  number("elements", init.num_elem);
  end('}');
  number("word size", ex_inquire_int(in, EX_INQ_DB_FLOAT_SIZE));
}

static void coordinates(void) {
  int64_t n = init.num_nodes;
  double *axes[3] = {room(n), room(n), room(n)}, *part = room(n);
  char **names = rows(init.num_dim, NAME);
  if (n) {
    TRY(ex_get_coord(in, axes[0], axes[1], axes[2]));
    PUT(ex_put_coord(out, axes[0], axes[1], axes[2]));
    if (n > 2) {
      TRY(ex_get_partial_coord(in, 2, n - 1, part, NULL, NULL));
      same("coordinates", part, axes[0] + 1, n - 1);
    }
  }
  if (init.num_dim) {
    TRY(ex_get_coord_names(in, names));
    PUT(ex_put_coord_names(out, names));
  }
  begin("coordinates", '[');
  for (int axis = 0; axis < init.num_dim; axis++)
    reals(NULL, axes[axis], n);
  end(']');
  texts("coordinate names", names, init.num_dim);
}

static void attributes(ex_entity_type type, int64_t id, int64_t entries, int is_block) {
  int count = 0;
  TRY(ex_get_attr_param(in, type, id, &count));
  if (!is_block && count)
    PUT(ex_put_attr_param(out, type, id, count));
  double *values = room(entries * count), *column = room(entries);
  char **names = rows(count, NAME);
  if (count && entries) {
    TRY(ex_get_attr(in, type, id, values));
    TRY(ex_get_attr_names(in, type, id, names));
    for (int i = 0; i < count; i++) {
      TRY(ex_get_one_attr(in, type, id, i + 1, column));
      for (int64_t entry = 0; entry < entries; entry++)
        same("attributes", column + entry, values + entry * count + i, 1);
      PUT(ex_put_one_attr(out, type, id, i + 1, column));
    }
    PUT(ex_put_attr_names(out, type, id, names));
  }
  texts("attribute names", names, count);
  reals("attributes", values, entries * count);
}

static int starts(const char *topology, const char *with) { return !strncasecmp(topology, with, 3); }

static void block(ex_entity_type type, int64_t id, const char *name) {
  char topology[MAX_STR_LENGTH + 1] = "";
  int64_t entries = 0, nodes = 0, edges = 0, faces = 0, count = 0;
  TRY(ex_get_block(in, type, id, topology, &entries, &nodes, &edges, &faces, &count));
  PUT(ex_put_block(out, type, id, topology, entries, nodes, edges, faces, count));
  int polygons = starts(topology, "nsi"), polyhedra = starts(topology, "nfa");
  int64_t all_nodes = polygons ? nodes : entries * nodes, all_faces = polyhedra ? faces : entries * faces;
  int64_t *node_list = room(all_nodes), *edge_list = room(entries * edges), *face_list = room(all_faces);
  if (entries) {
    TRY(ex_get_conn(in, type, id, nodes ? node_list : NULL, edges ? edge_list : NULL, faces ? face_list : NULL));
    if (nodes && entries > 1 && !polygons) {
      int64_t *part = room(all_nodes);
      TRY(ex_get_partial_conn(in, type, id, 2, entries - 1, part, NULL, NULL));
      same("connectivity", part, node_list + nodes, all_nodes - nodes);
    }
  }
  int *counts = room(entries);
  if (entries && (polygons || polyhedra)) {
    TRY(ex_get_entity_count_per_polyhedra(in, type, id, counts));
    PUT(ex_put_entity_count_per_polyhedra(out, type, id, counts));
  }
  if (entries)
    PUT(ex_put_conn(out, type, id, nodes ? node_list : NULL, edges ? edge_list : NULL, faces ? face_list : NULL));
  begin(NULL, '{');
  number("id", id);
  text("name", name);
  text("topology", topology);
  number("entries", entries);
  integers("nodes", node_list, all_nodes);
  integers("edges", edge_list, entries * edges);
  integers("faces", face_list, all_faces);
  shorts("counts", counts, polygons || polyhedra ? entries : 0);
  attributes(type, id, entries, 1);
  end('}');
}

static void set(ex_entity_type type, int64_t id, const char *name) {
  int64_t entries = 0, factors = 0, nodes = 0;
  TRY(ex_get_set_param(in, type, id, &entries, &factors));
  PUT(ex_put_set_param(out, type, id, entries, factors));
  int64_t *members = room(entries), *extra = room(entries);
  double *values = room(factors);
  int has_extra = type == EX_SIDE_SET || type == EX_EDGE_SET || type == EX_FACE_SET;
  if (entries) {
    TRY(ex_get_set(in, type, id, members, has_extra ? extra : NULL));
    /* Version 6 keeps wide members in 16 bits without a sign: orientations do not fit. */
    PUT(ex_put_set(out, type, id, members, has_extra && !(wide && type != EX_SIDE_SET) ? extra : NULL));
  }
  if (factors) {
    TRY(ex_get_set_dist_fact(in, type, id, values));
    PUT(ex_put_set_dist_fact(out, type, id, values));
  }
  begin(NULL, '{');
  number("id", id);
  text("name", name);
  integers("members", members, entries);
  integers("sides", extra, has_extra ? entries : 0);
  reals("factors", values, factors);
  attributes(type, id, entries, 0);
  if (type == EX_SIDE_SET) {
    int64_t *counts = room(entries), *list;
    /* Elements of some types have no sides. */
    if (ex_get_side_set_node_list_len(in, id, &nodes) >= 0) {
      list = room(nodes);
      if (ex_get_side_set_node_list(in, id, counts, list) >= 0) {
        integers("nodes per side", counts, entries);
        integers("nodes of sides", list, nodes);
      }
    }
  }
  end('}');
}

static void map(ex_entity_type type, int64_t id, const char *name, int64_t entries) {
  int64_t *numbers = room(entries);
  TRY(ex_get_num_map(in, type, id, numbers));
  PUT(ex_put_num_map(out, type, id, numbers));
  begin(NULL, '{');
  number("id", id);
  text("name", name);
  integers("numbers", numbers, entries);
  end('}');
}

static int64_t entries_of(ex_entity_type map_type) {
  switch (map_type) {
  case EX_NODE_MAP:
    return init.num_nodes;
  case EX_EDGE_MAP:
    return init.num_edge;
  case EX_FACE_MAP:
    return init.num_face;
  default:
    return init.num_elem;
  }
}

enum family { BLOCKS, SETS, MAPS };

static void entities(kind k, enum family family) {
  int64_t *ids = room(k.count);
  char **names = rows(k.count, NAME);
  begin(k.name, '[');
  if (k.count) {
    TRY(ex_get_ids(in, k.type, ids));
    TRY(ex_get_names(in, k.type, names));
  }
  for (int64_t i = 0; i < k.count; i++) {
    if (family == BLOCKS)
      block(k.type, ids[i], names[i]);
    else if (family == SETS)
      set(k.type, ids[i], names[i]);
    else
      map(k.type, ids[i], names[i], entries_of(k.type));
  }
  if (k.count)
    PUT(ex_put_names(out, k.type, names));
  end(']');
}

static void properties(kind k) {
  int count = k.count ? ex_get_num_props(in, k.type) : 0;
  char **names = rows(count, NAME);
  if (count)
    TRY(ex_get_prop_names(in, k.type, names));
  if (count > 1)
    PUT(ex_put_prop_names(out, k.type, count - 1, names + 1));
  begin(k.name, '{');
  for (int i = 1; i < count; i++) {
    int64_t *values = room(k.count);
    TRY(ex_get_prop_array(in, k.type, names[i], values));
    PUT(ex_put_prop_array(out, k.type, names[i], values));
    integers(names[i], values, k.count);
  }
  end('}');
}

static void numbers_of_entries(const kind *maps) {
  begin("id maps", '{');
  for (int i = 0; i < 4; i++) {
    int64_t entries = entries_of(maps[i].type), *numbers = room(entries);
    if (!entries)
      continue;
    TRY(ex_get_id_map(in, maps[i].type, numbers));
    PUT(ex_put_id_map(out, maps[i].type, numbers));
    integers(maps[i].name, numbers, entries);
  }
  end('}');
  int64_t *order = room(init.num_elem);
  if (init.num_elem) {
    TRY(ex_get_map(in, order));
    PUT(ex_put_map(out, order));
  }
  integers("order map", order, init.num_elem);
}

static void records(void) {
  int64_t count = ex_inquire_int(in, EX_INQ_QA);
  char *(*qa)[4] = room(4 * count);
  for (int64_t i = 0; i < count; i++)
    for (int part = 0; part < 4; part++)
      qa[i][part] = calloc(1, MAX_STR_LENGTH + 1);
  if (count) {
    TRY(ex_get_qa(in, qa));
    PUT(ex_put_qa(out, count, qa));
  }
  begin("qa", '[');
  for (int64_t i = 0; i < count; i++)
    texts(NULL, qa[i], 4);
  end(']');
  count = ex_inquire_int(in, EX_INQ_INFO);
  char **lines = rows(count, MAX_LINE_LENGTH);
  if (count) {
    TRY(ex_get_info(in, lines));
    PUT(ex_put_info(out, count, lines));
  }
  texts("info", lines, count);
}

static void frames(void) {
  int count = ex_inquire_int(in, EX_INQ_COORD_FRAMES);
  int64_t *ids = room(count);
  double *points = room(9 * count);
  char *tags = room(count + 1);
  if (count) {
    TRY(ex_get_coordinate_frames(in, &count, ids, points, tags));
    PUT(ex_put_coordinate_frames(out, count, ids, points, tags));
  }
  integers("frame ids", ids, count);
  text("frame tags", tags);
  reals("frame points", points, 9 * count);
}

/* The number of entries of an entity. */
static int64_t length(ex_entity_type type, int64_t id) {
  int64_t entries = 0, ignored = 0;
  char topology[MAX_STR_LENGTH + 1];
  switch (type) {
  case EX_NODAL:
    return init.num_nodes;
  case EX_ELEM_BLOCK:
  case EX_EDGE_BLOCK:
  case EX_FACE_BLOCK:
    TRY(ex_get_block(in, type, id, topology, &entries, &ignored, &ignored, &ignored, &ignored));
    return entries;
  default:
    TRY(ex_get_set_param(in, type, id, &entries, &ignored));
    return entries;
  }
}

/* One variable on one entity: all steps, and its first entry through time. */
static void variable(ex_entity_type type, int index, int64_t id, int64_t entries, int steps, int64_t first) {
  double *all = room(entries * steps), *series = room(steps), *part = room(entries);
  for (int step = 0; step < steps; step++) {
    double *values = all + entries * step;
    TRY(ex_get_var(in, step + 1, type, index, id, entries, values));
    PUT(ex_put_var(out, step + 1, type, index, id, entries, values));
    if (entries > 1) {
      TRY(ex_get_partial_var(in, step + 1, type, index, id, 2, entries - 1, part));
      same("a variable", part, values + 1, entries - 1);
    }
  }
  if (steps)
    TRY(ex_get_var_time(in, type, index, first, 1, steps, series));
  for (int step = 0; step < steps; step++)
    same("a history", series + step, all + entries * step, 1);
  reals(NULL, all, entries * steps);
}

static void global_variables(int count, int steps) {
  double *all = room(count * steps), *series = room(steps);
  for (int step = 0; step < steps; step++) {
    TRY(ex_get_var(in, step + 1, EX_GLOBAL, 1, 1, count, all + count * step));
    PUT(ex_put_var(out, step + 1, EX_GLOBAL, 1, 1, count, all + count * step));
  }
  for (int i = 0; i < count; i++) {
    if (steps)
      TRY(ex_get_var_time(in, EX_GLOBAL, i + 1, 1, 1, steps, series));
    for (int step = 0; step < steps; step++)
      same("a global history", series + step, all + count * step + i, 1);
    reals(NULL, series, steps);
  }
}

static void variables(kind k, int steps) {
  int count = 0, single = k.type == EX_NODAL || k.type == EX_GLOBAL;
  TRY(ex_get_variable_param(in, k.type, &count));
  if (!count || !k.count)
    return;
  char **names = rows(count, NAME);
  int *table = room(k.count * count);
  int64_t *ids = room(k.count), first = 1;
  TRY(ex_get_variable_names(in, k.type, count, names));
  PUT(ex_put_variable_param(out, k.type, count));
  PUT(ex_put_variable_names(out, k.type, count, names));
  if (!single) {
    TRY(ex_get_ids(in, k.type, ids));
    TRY(ex_get_truth_table(in, k.type, k.count, count, table));
    PUT(ex_put_truth_table(out, k.type, k.count, count, table));
  }
  begin(k.name, '{');
  texts("names", names, count);
  shorts("table", table, single ? 0 : k.count * count);
  begin("values", '[');
  if (k.type == EX_GLOBAL)
    global_variables(count, steps);
  for (int64_t entity = 0; k.type != EX_GLOBAL && entity < k.count; entity++) {
    int64_t entries = length(k.type, ids[entity]);
    for (int i = 0; i < count; i++)
      if (single || (table[entity * count + i] && entries))
        variable(k.type, i + 1, ids[entity], entries, steps, first);
    first += entries;
  }
  end(']');
  end('}');
}

static void results(kind *kinds, int count) {
  int steps = ex_inquire_int(in, EX_INQ_TIME);
  double *times = room(steps);
  if (steps > 0)
    TRY(ex_get_all_times(in, times));
  for (int step = 0; step < steps; step++)
    PUT(ex_put_time(out, step + 1, times + step));
  reals("times", times, steps);
  begin("variables", '{');
  for (int i = 0; i < count; i++)
    variables(kinds[i], steps);
  end('}');
}

static void processor(int rank) {
  int64_t n[7] = {0};
  TRY(ex_get_loadbal_param(in, n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, rank));
  PUT(ex_put_loadbal_param(out, n[0], n[1], n[2], n[3], n[4], n[5], n[6], rank));
  int64_t *nodes[3] = {room(n[0]), room(n[1]), room(n[2])}, *elements[2] = {room(n[3]), room(n[4])};
  TRY(ex_get_processor_node_maps(in, nodes[0], nodes[1], nodes[2], rank));
  PUT(ex_put_processor_node_maps(out, nodes[0], nodes[1], nodes[2], rank));
  TRY(ex_get_processor_elem_maps(in, elements[0], elements[1], rank));
  PUT(ex_put_processor_elem_maps(out, elements[0], elements[1], rank));
  int64_t *node_ids = room(n[5]), *node_counts = room(n[5]), *element_ids = room(n[6]), *element_counts = room(n[6]);
  TRY(ex_get_cmap_params(in, node_ids, node_counts, element_ids, element_counts, rank));
  PUT(ex_put_cmap_params(out, node_ids, node_counts, element_ids, element_counts, rank));
  begin(NULL, '{');
  integers("internal nodes", nodes[0], n[0]);
  integers("border nodes", nodes[1], n[1]);
  integers("external nodes", nodes[2], n[2]);
  integers("internal elements", elements[0], n[3]);
  integers("border elements", elements[1], n[4]);
  begin("node maps", '[');
  for (int64_t i = 0; i < n[5]; i++) {
    int64_t *list = room(node_counts[i]), *ranks = room(node_counts[i]);
    TRY(ex_get_node_cmap(in, node_ids[i], list, ranks, rank));
    PUT(ex_put_node_cmap(out, node_ids[i], list, ranks, rank));
    begin(NULL, '{');
    number("id", node_ids[i]);
    integers("nodes", list, node_counts[i]);
    integers("processors", ranks, node_counts[i]);
    end('}');
  }
  end(']');
  begin("element maps", '[');
  for (int64_t i = 0; i < n[6]; i++) {
    int64_t count = element_counts[i], *list = room(count), *sides = room(count), *ranks = room(count);
    TRY(ex_get_elem_cmap(in, element_ids[i], list, sides, ranks, rank));
    PUT(ex_put_elem_cmap(out, element_ids[i], list, sides, ranks, rank));
    begin(NULL, '{');
    number("id", element_ids[i]);
    integers("elements", list, count);
    integers("sides", sides, count);
    integers("processors", ranks, count);
    end('}');
  }
  end(']');
  end('}');
}

static void nemesis(void) {
  int processors = 0, here = 0, dimension;
  char type[2] = "";
  if (nc_inq_dimid(in, "num_processors", &dimension))
    return;
  TRY(ex_get_init_info(in, &processors, &here, type));
  PUT(ex_put_init_info(out, processors, here, type));
  int64_t n[5] = {0};
  TRY(ex_get_init_global(in, n, n + 1, n + 2, n + 3, n + 4));
  PUT(ex_put_init_global(out, n[0], n[1], n[2], n[3], n[4]));
  int64_t *ids = room(n[2]), *counts = room(n[2]);
  begin("nemesis", '{');
  number("processors", processors);
  text("type", type);
  integers("global", n, 2);
  if (n[2]) {
    TRY(ex_get_eb_info_global(in, ids, counts));
    PUT(ex_put_eb_info_global(out, ids, counts));
  }
  integers("block ids", ids, n[2]);
  integers("block counts", counts, n[2]);
  int64_t *sets[3] = {room(n[3]), room(n[3]), room(n[3])};
  if (n[3]) {
    TRY(ex_get_ns_param_global(in, sets[0], sets[1], sets[2]));
    PUT(ex_put_ns_param_global(out, sets[0], sets[1], sets[2]));
  }
  for (int i = 0; i < 3; i++)
    integers(((const char *[]){"node set ids", "node set counts", "node set factors"})[i], sets[i], n[3]);
  int64_t *sides[3] = {room(n[4]), room(n[4]), room(n[4])};
  if (n[4]) {
    TRY(ex_get_ss_param_global(in, sides[0], sides[1], sides[2]));
    PUT(ex_put_ss_param_global(out, sides[0], sides[1], sides[2]));
  }
  for (int i = 0; i < 3; i++)
    integers(((const char *[]){"side set ids", "side set counts", "side set factors"})[i], sides[i], n[4]);
  begin("parts", '[');
  for (int rank = 0; rank < here; rank++)
    processor(rank);
  end(']');
  end('}');
}

#ifdef NEWER
#include "judge_newer.h"
#endif

static void create(const char *path, const char *container, int word) {
  int cpu = 8, mode = EX_CLOBBER;
  if (!strncmp(container, "netcdf4-classic", 15))
    mode |= EX_NETCDF4;
  else if (!strncmp(container, "netcdf4", 7))
    mode |= EX_NETCDF4 | EX_NOCLASSIC;
  else
    mode |= strncmp(container, "cdf1", 4) ? EX_LARGE_MODEL : EX_NORMAL_MODEL;
  wide = strstr(container, "+int64") != NULL;
  if (wide)
    mode |= EX_ALL_INT64_DB | EX_ALL_INT64_API;
  out = ex_create(path, mode, &cpu, &word);
  if (out < 0)
    fail("ex_create");
  ex_set_int64_status(out, EX_ALL_INT64_API);
  ex_set_max_name_length(out, NAME);
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 4) {
    fprintf(stderr, "usage: judge FILE [GROUP | COPY CONTAINER]\n");
    return 2;
  }
  int cpu = 8, word = 0;
  float version;
  in = ex_open(argv[1], EX_READ, &cpu, &word, &version);
  if (in < 0)
    fail("ex_open");
  ex_set_int64_status(in, EX_ALL_INT64_API);
  ex_set_max_name_length(in, NAME);
  root = in;
  if (argc == 3)
    TRY(-abs(nc_inq_grp_ncid(root, argv[2], &in)));
  if (argc == 4)
    create(argv[2], argv[3], word);
  begin(NULL, '{');
  header();
  kind blocks[] = {{EX_ELEM_BLOCK, "element block", init.num_elem_blk},
                   {EX_EDGE_BLOCK, "edge block", init.num_edge_blk},
                   {EX_FACE_BLOCK, "face block", init.num_face_blk}};
  kind sets[] = {{EX_NODE_SET, "node set", init.num_node_sets},
                 {EX_EDGE_SET, "edge set", init.num_edge_sets},
                 {EX_FACE_SET, "face set", init.num_face_sets},
                 {EX_SIDE_SET, "side set", init.num_side_sets},
                 {EX_ELEM_SET, "element set", init.num_elem_sets}};
  kind maps[] = {{EX_NODE_MAP, "node map", init.num_node_maps},
                 {EX_EDGE_MAP, "edge map", init.num_edge_maps},
                 {EX_FACE_MAP, "face map", init.num_face_maps},
                 {EX_ELEM_MAP, "element map", init.num_elem_maps}};
  kind with_variables[10] = {{EX_GLOBAL, "global", 1}, {EX_NODAL, "nodal", 1}};
  memcpy(with_variables + 2, blocks, sizeof blocks);
  memcpy(with_variables + 5, sets, sizeof sets);
  nemesis();
  coordinates();
  if (init.num_nodes) {
    begin("nodal", '{');
    attributes(EX_NODAL, 0, init.num_nodes, 0);
    end('}');
  }
  for (int i = 0; i < 3; i++)
    entities(blocks[i], BLOCKS);
  for (int i = 0; i < 5; i++)
    entities(sets[i], SETS);
  for (int i = 0; i < 4; i++)
    entities(maps[i], MAPS);
  numbers_of_entries(maps);
  begin("properties", '{');
  for (int i = 0; i < 12; i++)
    properties(i < 3 ? blocks[i] : i < 8 ? sets[i - 3] : maps[i - 8]);
  end('}');
  records();
  frames();
  results(with_variables, 10);
#ifdef NEWER
  newer(with_variables, 10);
#endif
  end('}');
  putchar('\n');
  if (out >= 0)
    TRY(ex_close(out));
  TRY(ex_close(root));
  return 0;
}
