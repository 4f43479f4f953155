/* write create FILE STEPS NODES LEVEL: a netCDF-4 file of four variables (steps x nodes, double), a chunk a step, with shuffle and
   deflate LEVEL if that is not negative.
   write append FILE STEPS NODES EVERY: adds steps of two variables and a time to FILE, which has some; nc_sync with every EVERY steps.
   write durable FILE STEPS NODES EVERY: the same, and what nc_sync and nc_close wrote is made durable. */
#include <fcntl.h>
#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check(int status) {
  if (status) {
    fprintf(stderr, "write: %s\n", nc_strerror(status));
    exit(1);
  }
}

static double *values(size_t count) {
  double *list = malloc(2 * count * sizeof(double));
  for (size_t n = 0; n < 2 * count; n++) {
    list[n] = (float)(sin(n * 1e-4) * 300 + (n * 2654435761u % 1024) / 1024.0);
  }
  return list;
}

static void create(const char *path, size_t steps, size_t nodes, int level) {
  int file, time, node, ids[4];
  check(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &file));
  check(nc_def_dim(file, "time", NC_UNLIMITED, &time));
  check(nc_def_dim(file, "node", nodes, &node));
  for (int v = 0; v < 4; v++) {
    char name[] = {'u', (char)('0' + v), 0};
    int dims[] = {time, node};
    size_t chunk[] = {1, nodes};
    check(nc_def_var(file, name, NC_DOUBLE, 2, dims, &ids[v]));
    check(nc_def_var_chunking(file, ids[v], NC_CHUNKED, chunk));
    if (level >= 0) {
      check(nc_def_var_deflate(file, ids[v], 1, 1, level));
    }
  }
  check(nc_enddef(file));
  double *list = values(nodes);
  for (size_t step = 0; step < steps; step++) {
    for (int v = 0; v < 4; v++) {
      size_t start[] = {step, 0}, count[] = {1, nodes};
      check(nc_put_vara_double(file, ids[v], start, count, list + (step * 7919 + v * 104729) % nodes));
    }
  }
  check(nc_close(file));
}

static void make_durable(int handle) {
  if (handle >= 0 && fdatasync(handle)) {
    perror("write: fdatasync");
    exit(1);
  }
}

/* handle: of the file, to make it durable; or -1 */
static void append(const char *path, size_t steps, size_t nodes, size_t every, int handle) {
  int file, time, u, v, dim;
  size_t there;
  check(nc_open(path, NC_WRITE, &file));
  check(nc_inq_dimid(file, "time_step", &dim));
  check(nc_inq_dimlen(file, dim, &there));
  check(nc_inq_varid(file, "time_whole", &time));
  check(nc_inq_varid(file, "vals_nod_var1", &u));
  check(nc_inq_varid(file, "vals_nod_var2", &v));
  double *list = values(nodes);
  for (size_t n = 0; n < steps; n++) {
    size_t start[] = {there + n, 0}, count[] = {1, nodes};
    double now = (double)n;
    check(nc_put_vara_double(file, u, start, count, list + n % nodes));
    check(nc_put_vara_double(file, v, start, count, list + n * 7 % nodes));
    check(nc_put_vara_double(file, time, start, count, &now));
    if ((n + 1) % every == 0) {
      check(nc_sync(file));
      make_durable(handle);
    }
  }
  make_durable(handle);
  check(nc_close(file));
  make_durable(handle);
}

int main(int argc, char **argv) {
  if (argc != 6) {
    return 2;
  }
  size_t steps = strtoul(argv[3], 0, 10), nodes = strtoul(argv[4], 0, 10);
  if (!strcmp(argv[1], "create")) {
    create(argv[2], steps, nodes, atoi(argv[5]));
  } else {
    int handle = strcmp(argv[1], "durable") ? -1 : open(argv[2], O_RDWR);
    append(argv[2], steps, nodes, strtoul(argv[5], 0, 10), handle);
  }
}
