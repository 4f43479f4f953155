/* peer TASK DIR ROUNDS: the tasks of main.rs on netCDF-C; prints the seconds of each round. */
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(int status) {
    if (status) {
        fprintf(stderr, "%s\n", nc_strerror(status));
        exit(1);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

struct task {
    const char *name, *file, *variable;
    size_t start[2], count[2];
};

static const struct task tasks[] = {
    {"contiguous", "whole.h5", "contiguous", {0, 0}, {250, 100000}},
    {"chunked", "whole.h5", "chunked", {0, 0}, {250, 100000}},
    {"deflate4", "whole.h5", "deflate4", {0, 0}, {250, 100000}},
    {"step", "whole.h5", "chunked", {125, 0}, {1, 100000}},
    {"small_v1", "small_v1.h5", "v", {0, 0}, {20000, 1000}},
    {"small_v2", "small_v2.h5", "v", {0, 0}, {20000, 1000}},
    {"element_v1", "small_v1.h5", "v", {0, 500}, {20000, 1}},
    {"element_v2", "small_v2.h5", "v", {0, 500}, {20000, 1}},
    {"list", "objects.h5", "", {0}, {0}},
    {"million_v1", "million_v1.h5", "v", {0, 0}, {1000000, 4}},
    {"million_v2", "million_v2.h5", "v", {0, 0}, {1000000, 4}},
};

static double list(int file) {
    int variables, dims[8], rank;
    double sum = 0;
    check(nc_inq_nvars(file, &variables));
    for (int id = 0; id < variables; id++) {
        size_t length, product = 1;
        check(nc_inq_varndims(file, id, &rank));
        check(nc_inq_vardimid(file, id, dims));
        for (int k = 0; k < rank; k++) {
            check(nc_inq_dimlen(file, dims[k], &length));
            product *= length;
        }
        sum += product;
    }
    return sum;
}

int main(int argc, char **argv) {
    const struct task *task = NULL;
    for (size_t k = 0; argc == 4 && k < sizeof tasks / sizeof *tasks; k++)
        if (!strcmp(argv[1], tasks[k].name)) task = &tasks[k];
    if (!task) return 2;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", argv[2], task->file);
    size_t elements = task->count[0] * task->count[1];
    double *buffer = malloc(elements * sizeof *buffer + 8);
    for (int round = atoi(argv[3]); round > 0; round--) {
        double start = now(), value;
        int file, variable;
        check(nc_open(path, NC_NOWRITE, &file));
        if (*task->variable) {
            check(nc_inq_varid(file, task->variable, &variable));
            check(nc_get_vara_double(file, variable, task->start, task->count, buffer));
            value = buffer[elements / 2];
        } else {
            value = list(file);
        }
        check(nc_close(file));
        printf("%.9f %.17g\n", now() - start, value);
    }
    return 0;
}
