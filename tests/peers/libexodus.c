/* libexodus FILE: prints what libexodus reads, one item a line: name, count, values with 17 digits. */
#include <exodusII.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what) {
  fprintf(stderr, "libexodus: %s failed\n", what);
  exit(1);
}

static void print(const char *name, const double *values, long count) {
  printf("%s %ld", name, count);
  for (long i = 0; i < count; i++) {
    printf(" %.17g", values[i]);
  }
  printf("\n");
}

static void *room(long count) {
  void *memory = calloc(count ? count : 1, sizeof(double));
  if (!memory) {
    fail("malloc");
  }
  return memory;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: libexodus FILE\n");
    return 2;
  }
  int cpu = 8, word = 0, status = 0;
  float version;
  int file = ex_open(argv[1], EX_READ, &cpu, &word, &version);
  if (file < 0) {
    fail("ex_open");
  }
  ex_set_int64_status(file, EX_ALL_INT64_API);
  ex_init_params init;
  if (ex_get_init_ext(file, &init) < 0) {
    fail("ex_get_init_ext");
  }
  double *x = room(init.num_nodes), *y = room(init.num_nodes), *z = room(init.num_nodes);
  if (init.num_nodes) {
    if (ex_get_coord(file, x, y, z) < 0) {
      fail("ex_get_coord");
    }
    print("coordx", x, init.num_nodes);
    print("coordy", y, init.num_dim > 1 ? init.num_nodes : 0);
    print("coordz", z, init.num_dim > 2 ? init.num_nodes : 0);
  }
  if (init.num_elem_blk) {
    int64_t *ids = room(init.num_elem_blk), entries = 0, nodes = 0, edges = 0, faces = 0, attributes = 0;
    char type[MAX_STR_LENGTH + 1];
    if (ex_get_ids(file, EX_ELEM_BLOCK, ids) < 0) {
      fail("ex_get_ids");
    }
    status = ex_get_block(file, EX_ELEM_BLOCK, ids[0], type, &entries, &nodes, &edges, &faces, &attributes);
    if (status < 0) {
      fail("ex_get_block");
    }
    if (entries > 0 && nodes > 0 && !edges && !faces) {
      int64_t *list = room(entries * nodes);
      double *wide = room(entries * nodes);
      if (ex_get_conn(file, EX_ELEM_BLOCK, ids[0], list, NULL, NULL) < 0) {
        fail("ex_get_conn");
      }
      for (long i = 0; i < entries * nodes; i++) {
        wide[i] = (double)list[i];
      }
      print("connect1", wide, entries * nodes);
    }
  }
  int64_t steps = 0;
  if (ex_inquire(file, EX_INQ_TIME, &steps, NULL, NULL) < 0) {
    fail("ex_inquire");
  }
  steps = ex_inquire_int(file, EX_INQ_TIME);
  if (steps > 0) {
    double *times = room(steps);
    if (ex_get_all_times(file, times) < 0) {
      fail("ex_get_all_times");
    }
    print("time_whole", times, steps);
    int count = 0;
    if (ex_get_variable_param(file, EX_NODAL, &count) < 0) {
      fail("ex_get_variable_param");
    }
    if (count > 0) {
      double *values = room(init.num_nodes);
      if (ex_get_var(file, (int)steps, EX_NODAL, count, 1, init.num_nodes, values) < 0) {
        fail("ex_get_var");
      }
      print("nodal", values, init.num_nodes);
    }
  }
  ex_close(file);
  return 0;
}
