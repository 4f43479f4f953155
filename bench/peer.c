/* peer IN OUT SCALE LEVEL: the main job as a careful C programmer writes it on netCDF-C.

   The output has the container and the definitions of the input; results are multiplied by SCALE, coordinates by 2 and
   moved by (1, -2, 0.5). LEVEL above 0 packs large variables of a netCDF-4 file with shuffle and deflate. One buffer,
   the size of the largest slab. */
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANK = 8 };

typedef struct {
  char name[NC_MAX_NAME + 1];
  nc_type type;
  int rank, dims[RANK], record;
  size_t count[RANK], slab;
} Variable;

static void check(int status, int line) {
  if (status) {
    fprintf(stderr, "peer.c:%d: %s\n", line, nc_strerror(status));
    exit(3);
  }
}
#define CHECK(call) check((call), __LINE__)

static int mode(int file) {
  int format;
  CHECK(nc_inq_format(file, &format));
  switch (format) {
  case NC_FORMAT_64BIT_OFFSET:
    return NC_64BIT_OFFSET;
  case NC_FORMAT_CDF5:
    return NC_CDF5;
  case NC_FORMAT_NETCDF4:
    return NC_NETCDF4;
  case NC_FORMAT_NETCDF4_CLASSIC:
    return NC_NETCDF4 | NC_CLASSIC_MODEL;
  default:
    return 0;
  }
}

static void copy_attributes(int in, int from, int count, int out, int to) {
  for (int i = 0; i < count; i++) {
    char name[NC_MAX_NAME + 1];
    CHECK(nc_inq_attname(in, from, i, name));
    CHECK(nc_copy_att(in, from, name, out, to));
  }
}

static void define(int in, int out, int id, int unlimited, int level, int hdf5, Variable *v) {
  int attributes, made;
  size_t size, chunk[RANK];
  CHECK(nc_inq_var(in, id, v->name, &v->type, &v->rank, v->dims, &attributes));
  CHECK(nc_inq_type(in, v->type, NULL, &size));
  CHECK(nc_def_var(out, v->name, v->type, v->rank, v->dims, &made));
  v->record = v->rank > 0 && v->dims[0] == unlimited;
  v->slab = 1;
  for (int d = 0; d < v->rank; d++) {
    CHECK(nc_inq_dimlen(in, v->dims[d], &v->count[d]));
    if (!(d == 0 && v->record)) {
      v->slab *= v->count[d];
    }
  }
  if (hdf5) {
    int storage;
    CHECK(nc_inq_var_chunking(in, id, &storage, chunk));
    if (storage == NC_CHUNKED) {
      CHECK(nc_def_var_chunking(out, made, NC_CHUNKED, chunk));
    }
    if (level > 0 && v->slab > 4096 && v->type != NC_CHAR) {
      CHECK(nc_def_var_deflate(out, made, 1, 1, level));
    }
  }
  copy_attributes(in, id, attributes, out, made);
  v->slab *= size;
}

static void change(const Variable *v, void *data, double scale) {
  static const double move[] = {1.0, -2.0, 0.5};
  double factor = scale, offset = 0.0;
  if (strncmp(v->name, "coord", 5) == 0 && v->name[5] >= 'x' && v->name[5] <= 'z' && !v->name[6]) {
    factor = 2.0;
    offset = move[v->name[5] - 'x'];
  } else if (strncmp(v->name, "vals_", 5) != 0) {
    return;
  }
  if (v->type == NC_DOUBLE) {
    double *values = data;
    for (size_t i = 0; i < v->slab / sizeof *values; i++) {
      values[i] = values[i] * factor + offset;
    }
  } else if (v->type == NC_FLOAT) {
    float *values = data;
    for (size_t i = 0; i < v->slab / sizeof *values; i++) {
      values[i] = (float)(values[i] * factor + offset);
    }
  }
}

static void copy(int in, int out, int id, const Variable *v, size_t step, void *buffer, double scale) {
  size_t start[RANK] = {0}, count[RANK] = {0};
  memcpy(count, v->count, sizeof count);
  if (v->record) {
    start[0] = step;
    count[0] = 1;
  }
  CHECK(nc_get_vara(in, id, start, count, buffer));
  change(v, buffer, scale);
  CHECK(nc_put_vara(out, id, start, count, buffer));
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: peer IN OUT SCALE LEVEL\n");
    return 2;
  }
  double scale = atof(argv[3]);
  int in, out, old, dims, variables, attributes, unlimited, level = atoi(argv[4]);
  CHECK(nc_open(argv[1], NC_NOWRITE, &in));
  CHECK(nc_create(argv[2], NC_CLOBBER | mode(in), &out));
  CHECK(nc_set_fill(out, NC_NOFILL, &old));
  CHECK(nc_inq(in, &dims, &variables, &attributes, &unlimited));
  for (int d = 0; d < dims; d++) {
    char name[NC_MAX_NAME + 1];
    size_t length;
    int made;
    CHECK(nc_inq_dim(in, d, name, &length));
    CHECK(nc_def_dim(out, name, d == unlimited ? NC_UNLIMITED : length, &made));
  }
  copy_attributes(in, NC_GLOBAL, attributes, out, NC_GLOBAL);
  Variable *all = calloc((size_t)variables, sizeof *all);
  size_t largest = 1, steps = 0;
  for (int v = 0; v < variables; v++) {
    define(in, out, v, unlimited, level, mode(in) & NC_NETCDF4, &all[v]);
    largest = all[v].slab > largest ? all[v].slab : largest;
  }
  CHECK(nc_enddef(out));
  void *buffer = malloc(largest);
  for (int v = 0; v < variables; v++) {
    if (!all[v].record && all[v].slab) {
      copy(in, out, v, &all[v], 0, buffer, scale);
    }
  }
  if (unlimited >= 0) {
    CHECK(nc_inq_dimlen(in, unlimited, &steps));
  }
  for (size_t step = 0; step < steps; step++) {
    for (int v = 0; v < variables; v++) {
      if (all[v].record) {
        copy(in, out, v, &all[v], step, buffer, scale);
      }
    }
  }
  CHECK(nc_close(out));
  CHECK(nc_close(in));
  return 0;
}
