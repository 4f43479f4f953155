/* side_sets create FILE TYPE NODES DIM SIDES: one element, and a side set for each of its sides.
 * side_sets read FILE SET: what ex_get_side_set_node_list says of a side set: how many nodes, and which; 0 where it wrote none. */
#include <exodusII.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 256 };

static int fail(const char *what) {
  fprintf(stderr, "side_sets: %s failed\n", what);
  return 1;
}

static int create(char **argv) {
  int nodes = atoi(argv[2]), dim = atoi(argv[3]), sides = atoi(argv[4]), word = 8, connect[MOST], one = 1;
  double zero[MOST] = {0};
  int file = ex_create(argv[0], EX_CLOBBER, &word, &word);
  if (file < 0 || ex_put_init(file, "one element", dim, nodes, 1, 1, 0, sides) < 0) {
    return fail("ex_put_init");
  }
  for (int i = 0; i < nodes; i++) {
    connect[i] = i + 1;
  }
  ex_put_coord(file, zero, zero, zero);
  if (ex_put_block(file, EX_ELEM_BLOCK, 1, argv[1], 1, nodes, 0, 0, 0) < 0 ||
      ex_put_conn(file, EX_ELEM_BLOCK, 1, connect, NULL, NULL) < 0) {
    return fail("ex_put_block");
  }
  for (int side = 1; side <= sides; side++) {
    if (ex_put_set_param(file, EX_SIDE_SET, side, 1, 0) < 0 || ex_put_set(file, EX_SIDE_SET, side, &one, &side) < 0) {
      return fail("ex_put_set");
    }
  }
  return ex_close(file) < 0 ? fail("ex_close") : 0;
}

static int read_set(char **argv) {
  int cpu = 8, word = 0, counts[MOST] = {0}, nodes[MOST] = {0}, length = 0;
  float version;
  int set = atoi(argv[1]), file = ex_open(argv[0], EX_READ, &cpu, &word, &version);
  ex_opts(0);
  if (file < 0) {
    return fail("ex_open");
  }
  if (ex_get_side_set_node_list_len(file, set, &length) < 0 || ex_get_side_set_node_list(file, set, counts, nodes) < 0) {
    return fail("ex_get_side_set_node_list");
  }
  if (length < 0 || length > MOST) {
    return fail("the length");
  }
  printf("%d", counts[0]);
  for (int i = 0; i < length; i++) {
    printf(" %d", nodes[i]);
  }
  printf("\n");
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 7 && !strcmp(argv[1], "create")) {
    return create(argv + 2);
  }
  if (argc == 4 && !strcmp(argv[1], "read")) {
    return read_set(argv + 2);
  }
  return 2;
}
