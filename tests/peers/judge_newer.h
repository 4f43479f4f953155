/* What libexodus 9 has beyond version 6: assemblies, blobs, reduction variables, attributes of entities, fields. Declared
   here, because Debian's header is that of version 6. */
#define EX_ASSEMBLY 16
#define EX_BLOB 17
#define INQUIRE_ASSEMBLIES 60
#define INQUIRE_BLOBS 61
#define LONGEST (NC_MAX_NAME + 1)

typedef struct {
  int64_t id;
  char *name;
  int type;
  int entity_count;
  int64_t *entity_list;
} ex_assembly;

typedef struct {
  int64_t id;
  char *name;
  int64_t num_entry;
} ex_blob;

typedef struct {
  int entity_type;
  int64_t entity_id;
  char name[LONGEST];
  int type;
  int value_count;
  void *values;
} ex_attribute;

typedef struct {
  int entity_type;
  int64_t entity_id;
  char name[LONGEST];
  int nesting;
  char type_name[LONGEST];
  int type[2];
  int cardinality[2];
  char separator[2];
  char suffices[LONGEST];
} ex_field;

typedef struct {
  char name[LONGEST];
  int cardinality;
  int *integers[4];
  double *points[3];
} ex_basis;

typedef struct {
  char name[LONGEST];
  int cardinality;
  int dimension;
  double *points[4];
} ex_quadrature;

int ex_get_assembly(int, ex_assembly *);
int ex_put_assemblies(int, size_t, const ex_assembly *);
int ex_get_blob(int, ex_blob *);
int ex_put_blobs(int, size_t, const ex_blob *);
int ex_get_attribute_count(int, int, int64_t);
int ex_get_attribute_param(int, int, int64_t, ex_attribute *);
int ex_get_attributes(int, size_t, ex_attribute *);
int ex_put_attributes(int, size_t, const ex_attribute *);
int ex_get_reduction_variable_param(int, int, int *);
int ex_put_reduction_variable_param(int, int, int);
int ex_get_reduction_variable_names(int, int, int, char **);
int ex_put_reduction_variable_names(int, int, int, char **);
int ex_get_reduction_vars(int, int, int, int64_t, int64_t, double *);
int ex_put_reduction_vars(int, int, int, int64_t, int64_t, const double *);
int ex_get_field_metadata_count(int, int, int64_t);
int ex_get_field_metadata(int, ex_field *);
int ex_put_field_metadata(int, ex_field);
int ex_put_field_suffices(int, ex_field, const char *);
int ex_get_basis(int, ex_basis **, int *);
int ex_put_basis(int, ex_basis);
int ex_get_quadrature(int, ex_quadrature **, int *);
int ex_put_quadrature(int, ex_quadrature);

static void assemblies(kind k) {
  int64_t *ids = room(k.count);
  if (k.count)
    TRY(ex_get_ids(in, k.type, ids));
  begin(k.name, '[');
  for (int64_t i = 0; i < k.count; i++) {
    ex_assembly a = {ids[i], calloc(1, LONGEST), 0, 0, NULL};
    TRY(ex_get_assembly(in, &a));
    a.entity_list = room(a.entity_count);
    TRY(ex_get_assembly(in, &a));
    PUT(ex_put_assemblies(out, 1, &a));
    begin(NULL, '{');
    number("id", a.id);
    text("name", a.name);
    number("kind", a.type);
    integers("members", a.entity_list, a.entity_count);
    end('}');
  }
  end(']');
}

static void blobs(kind k) {
  int64_t *ids = room(k.count);
  if (k.count)
    TRY(ex_get_ids(in, k.type, ids));
  begin(k.name, '[');
  for (int64_t i = 0; i < k.count; i++) {
    ex_blob b = {ids[i], calloc(1, LONGEST), 0};
    TRY(ex_get_blob(in, &b));
    PUT(ex_put_blobs(out, 1, &b));
    begin(NULL, '{');
    number("id", b.id);
    text("name", b.name);
    number("entries", b.num_entry);
    end('}');
  }
  end(']');
}

static void facts(ex_entity_type type, int64_t id) {
  int count = ex_get_attribute_count(in, type, id);
  ex_attribute *list = calloc(count > 0 ? count : 1, sizeof *list);
  if (count > 0) {
    TRY(ex_get_attribute_param(in, type, id, list));
    TRY(ex_get_attributes(in, count, list));
    PUT(ex_put_attributes(out, count, list));
  }
  begin("facts", '{');
  for (int i = 0; i < count; i++) {
    if (list[i].type == NC_INT)
      shorts(list[i].name, list[i].values, list[i].value_count);
    else if (list[i].type == NC_DOUBLE)
      reals(list[i].name, list[i].values, list[i].value_count);
    else
      text(list[i].name, list[i].values);
  }
  end('}');
}

static void fields(ex_entity_type type, int64_t id) {
  int count = ex_get_field_metadata_count(in, type, id);
  ex_field *list = calloc(count > 0 ? count : 1, sizeof *list);
  if (count > 0) {
    list->entity_type = type;
    list->entity_id = id;
    TRY(ex_get_field_metadata(in, list));
  }
  begin("fields", '[');
  for (int i = 0; i < count; i++) {
    list[i].entity_type = type;
    list[i].entity_id = id;
    PUT(ex_put_field_metadata(out, list[i]));
    if (*list[i].suffices)
      PUT(ex_put_field_suffices(out, list[i], list[i].suffices));
    char separators[3] = {list[i].separator[0], list[i].nesting > 1 ? list[i].separator[1] : 0, 0};
    begin(NULL, '{');
    text("name", list[i].name);
    shorts("types", list[i].type, list[i].nesting);
    text("type names", list[i].type_name);
    text("separators", separators);
    text("suffixes", list[i].suffices);
    end('}');
  }
  end(']');
}

static void described(kind k) {
  int64_t *ids = room(k.count);
  if (k.type != EX_NODAL && k.type != EX_GLOBAL && k.count)
    TRY(ex_get_ids(in, k.type, ids));
  begin(k.name, '[');
  for (int64_t i = 0; i < k.count; i++) {
    begin(NULL, '{');
    facts(k.type, ids[i]);
    fields(k.type, ids[i]);
    end('}');
  }
  end(']');
}

static void bases(void) {
  int count = 0;
  ex_basis *list = NULL;
  ex_get_basis(in, &list, &count);
  begin("bases", '[');
  for (int i = 0; i < count; i++) {
    PUT(ex_put_basis(out, list[i]));
    begin(NULL, '{');
    text("name", list[i].name);
    for (int k = 0; k < 4; k++)
      shorts(((const char *[]){"subc_dim", "subc_ordinal", "subc_dof_ordinal", "subc_num_dof"})[k], list[i].integers[k],
             list[i].cardinality);
    for (int k = 0; k < 3; k++)
      reals(((const char *[]){"xi", "eta", "zeta"})[k], list[i].points[k], list[i].cardinality);
    end('}');
  }
  end(']');
  count = 0;
  ex_quadrature *quadratures = NULL;
  ex_get_quadrature(in, &quadratures, &count);
  begin("quadratures", '[');
  for (int i = 0; i < count; i++) {
    PUT(ex_put_quadrature(out, quadratures[i]));
    begin(NULL, '{');
    text("name", quadratures[i].name);
    for (int k = 0; k < 4; k++)
      reals(((const char *[]){"xi", "eta", "zeta", "weight"})[k], quadratures[i].points[k], quadratures[i].cardinality);
    end('}');
  }
  end(']');
}

static void reductions(kind k, int steps) {
  int count = 0;
  TRY(ex_get_reduction_variable_param(in, k.type, &count));
  if (!count || !k.count || k.type == EX_GLOBAL)
    return;
  char **names = rows(count, LONGEST);
  int64_t *ids = room(k.count);
  TRY(ex_get_reduction_variable_names(in, k.type, count, names));
  TRY(ex_get_ids(in, k.type, ids));
  PUT(ex_put_reduction_variable_param(out, k.type, count));
  PUT(ex_put_reduction_variable_names(out, k.type, count, names));
  begin(k.name, '{');
  texts("names", names, count);
  begin("values", '[');
  double *all = room(count * steps);
  for (int64_t i = 0; i < k.count; i++) {
    /* libexodus has no such values for what has no entries. */
    int empty = k.type < EX_ASSEMBLY && !length(k.type, ids[i]);
    for (int step = 0; step < steps && !empty; step++) {
      int status = ex_get_reduction_vars(in, step + 1, k.type, ids[i], count, all + count * step);
      TRY(status);
      /* A warning: it has none. */
      if (status > 0) {
        empty = 1;
        break;
      }
      PUT(ex_put_reduction_vars(out, step + 1, k.type, ids[i], count, all + count * step));
    }
    reals(NULL, all, empty ? 0 : count * steps);
  }
  end(']');
  end('}');
}

/* The variables of assemblies and blobs, which have no truth table. */
static void variables_by_id(kind k, int steps) {
  int count = 0;
  TRY(ex_get_variable_param(in, k.type, &count));
  if (!count || !k.count)
    return;
  char **names = rows(count, LONGEST);
  int64_t *ids = room(k.count);
  TRY(ex_get_variable_names(in, k.type, count, names));
  TRY(ex_get_ids(in, k.type, ids));
  PUT(ex_put_variable_param(out, k.type, count));
  PUT(ex_put_variable_names(out, k.type, count, names));
  begin(k.name, '{');
  texts("names", names, count);
  begin("values", '[');
  for (int64_t i = 0; i < k.count; i++) {
    ex_assembly a = {ids[i], calloc(1, LONGEST), 0, 0, NULL};
    ex_blob b = {ids[i], calloc(1, LONGEST), 0};
    TRY(k.type == EX_BLOB ? ex_get_blob(in, &b) : ex_get_assembly(in, &a));
    int64_t entries = k.type == EX_BLOB ? b.num_entry : a.entity_count;
    double *all = room(entries * steps);
    for (int variable = 1; variable <= count; variable++) {
      for (int step = 0; step < steps; step++) {
        TRY(ex_get_var(in, step + 1, k.type, variable, ids[i], entries, all + entries * step));
        PUT(ex_put_var(out, step + 1, k.type, variable, ids[i], entries, all + entries * step));
      }
      reals(NULL, all, entries * steps);
    }
  }
  end(']');
  end('}');
}

static void newer(kind *kinds, int count) {
  int steps = ex_inquire_int(in, EX_INQ_TIME);
  /* In a group it counts those of the file, and does not find them. */
  kind by_id[] = {{EX_ASSEMBLY, "assembly", in == root ? ex_inquire_int(in, INQUIRE_ASSEMBLIES) : 0},
                  {EX_BLOB, "blob", in == root ? ex_inquire_int(in, INQUIRE_BLOBS) : 0}};
  begin("newer", '{');
  assemblies(by_id[0]);
  blobs(by_id[1]);
  bases();
  begin("described", '{');
  for (int i = 0; i < count; i++)
    described(kinds[i]);
  for (int i = 0; i < 2; i++)
    described(by_id[i]);
  end('}');
  begin("reductions", '{');
  for (int i = 0; i < count; i++)
    reductions(kinds[i], steps);
  for (int i = 0; i < 2; i++)
    reductions(by_id[i], steps);
  end('}');
  begin("variables", '{');
  for (int i = 0; i < 2; i++)
    variables_by_id(by_id[i], steps);
  end('}');
  end('}');
}
