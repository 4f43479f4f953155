/* import FILE REPEATS: opens a file with libexodus, reads coordinates (interleaved), the connectivity of all element
   blocks and all sets with their factors into fresh memory; prints milliseconds, one line a run. */
#include <exodusII.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void *room(size_t bytes) {
  void *memory = malloc(bytes ? bytes : 1);
  if (!memory) {
    exit(1);
  }
  return memory;
}

static void check(int status, const char *what) {
  if (status < 0) {
    fprintf(stderr, "import: %s failed\n", what);
    exit(1);
  }
}

static void set(int file, ex_entity_type type, int count) {
  int *ids = room(count * sizeof(int));
  check(count ? ex_get_ids(file, type, ids) : 0, "ids");
  for (int n = 0; n < count; n++) {
    int entries = 0, factors = 0;
    check(ex_get_set_param(file, type, ids[n], &entries, &factors), "set");
    int *members = room(entries * sizeof(int)), *sides = room(entries * sizeof(int));
    double *values = room(factors * sizeof(double));
    check(ex_get_set(file, type, ids[n], members, type == EX_SIDE_SET ? sides : NULL), "members");
    check(factors ? ex_get_set_dist_fact(file, type, ids[n], values) : 0, "factors");
    free(members);
    free(sides);
    free(values);
  }
  free(ids);
}

static void import(const char *path) {
  int cpu = 8, word = 0;
  float version;
  int file = ex_open(path, EX_READ, &cpu, &word, &version);
  check(file, "open");
  ex_init_params init;
  check(ex_get_init_ext(file, &init), "init");
  size_t nodes = init.num_nodes;
  double *axis[3], *coords = room(3 * nodes * sizeof(double));
  for (int n = 0; n < 3; n++) {
    axis[n] = room(nodes * sizeof(double));
  }
  check(ex_get_coord(file, axis[0], axis[1], axis[2]), "coordinates");
  for (size_t node = 0; node < nodes; node++) {
    for (int n = 0; n < 3; n++) {
      coords[3 * node + n] = axis[n][node];
    }
  }
  int *ids = room(init.num_elem_blk * sizeof(int));
  check(ex_get_ids(file, EX_ELEM_BLOCK, ids), "ids");
  for (int n = 0; n < init.num_elem_blk; n++) {
    ex_block block = {.id = ids[n], .type = EX_ELEM_BLOCK};
    check(ex_get_block_param(file, &block), "block");
    int *connectivity = room((size_t)block.num_entry * block.num_nodes_per_entry * sizeof(int));
    check(ex_get_conn(file, EX_ELEM_BLOCK, ids[n], connectivity, NULL, NULL), "connectivity");
    free(connectivity);
  }
  set(file, EX_NODE_SET, init.num_node_sets);
  set(file, EX_SIDE_SET, init.num_side_sets);
  for (int n = 0; n < 3; n++) {
    free(axis[n]);
  }
  free(coords);
  free(ids);
  ex_close(file);
}

int main(int argc, char **argv) {
  int repeats = argc > 2 ? atoi(argv[2]) : 1;
  for (int n = 0; n < repeats; n++) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    import(argv[1]);
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.1f ms\n", (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6);
  }
  return 0;
}
