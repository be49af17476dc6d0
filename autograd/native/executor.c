/* A small vector machine: it runs a table of array operations on buffers of numbers.

   The compiler (autograd/compiler/native.py) makes the table from the NumPy statements of a
   program. All bounds are checked when the table is built; what is only known when it runs
   (indices that are computed) is checked then. NumPy's own C interface is not needed.
   Programs in which little can be done at once are run number by number (lines.h). */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "portable.h"

enum { DIMS = 4, PARTS = 4, HEAD = 4 + DIMS, PART = 2 + DIMS, RECORD = HEAD + PARTS * PART };
enum { MOST_BASES = 32 };
enum { TOGETHER = 64 }; /* columns of which the softmax is computed at once */

enum operation {
#define EACH1(name, EXPR) OP_##name,
#define EACH2(name, EXPR) OP_##name,
#define EACH3(name, EXPR) OP_##name,
#include "operations.h"
#undef EACH1
#undef EACH2
#undef EACH3
    REDUCE,         /* out += sums of a; out has stride 0 where it is summed */
    MATMUL,         /* shape (batch, m, n, k); out = a·b, or out += a·b with extra = 1 */
    STACKED_MAX,    /* shape (k, n): out, weights, rows */
    STACKED_MIN,
    STACKED_LOGSUMEXP,
    STACKED_EXCESS,
    STACKED_SHIFT,
    GATHER,         /* out[…] = a[extra·index[…] + …] */
    SCATTER,        /* out[extra·index[…] + …] = a[…]: out, index, a */
    SCATTER_ADD,
    CHECKED,        /* out = a as whole numbers from 0 to extra − 1, or the run stops here */
    INDEX_ADD,      /* out = a + extra·b, whole numbers */
    INDEX_GATHER,   /* out[…] = a[index[…]], whole numbers */
    OPERATIONS
};

/* for each operation: d for a part of numbers, i for one of indices */
static const char *const KINDS[OPERATIONS] = {
#define EACH1(name, EXPR) "dd",
#define EACH2(name, EXPR) "ddd",
#define EACH3(name, EXPR) "dddd",
#include "operations.h"
#undef EACH1
#undef EACH2
#undef EACH3
    "dd", "ddd", "ddd", "ddd", "ddd", "ddd", "ddd", "did", "did", "did", "id", "iii", "iii"};

static const char *const NAMES[OPERATIONS] = {
#define EACH1(name, EXPR) #name,
#define EACH2(name, EXPR) #name,
#define EACH3(name, EXPR) #name,
#include "operations.h"
#undef EACH1
#undef EACH2
#undef EACH3
    "reduce", "matmul", "stacked_max", "stacked_min", "stacked_logsumexp", "stacked_excess",
    "stacked_shift", "gather", "scatter", "scatter_add", "checked", "index_add",
    "index_gather"};

typedef struct {
    void (*each[OPERATIONS])(void);
    void (*matmul)(const int64_t *, double *const *, double *);
    void (*stacked)(const int64_t *, double *const *);
} machine;

typedef void (*each1)(int64_t, double *, int64_t, const double *, int64_t);
typedef void (*each2)(int64_t, double *, int64_t, const double *, int64_t, const double *,
                      int64_t);
typedef void (*each3)(int64_t, double *, int64_t, const double *, int64_t, const double *,
                      int64_t, const double *, int64_t);

#define SHAPE(record) ((record) + 4)
#define AT(record, part) ((record) + HEAD + (part)*PART) /* base, offset, strides */

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(name) JOIN(name, SUFFIX)

#define SUFFIX plain
#define LANES 2
#include "machine.h"
#undef SUFFIX
#undef LANES

#if defined(SEVERAL)
FOR_AVX2
#define SUFFIX avx2
#define LANES 4
#include "machine.h"
#undef SUFFIX
#undef LANES
FOR_ALL
FOR_AVX512
#define SUFFIX avx512
#define LANES 8
#include "machine.h"
#undef SUFFIX
#undef LANES
FOR_ALL
#endif

static const machine *chosen = &machine_plain;
static const char *chosen_name = "plain";

typedef struct {
    PyObject_HEAD
    Py_ssize_t count;   /* of instructions */
    int bases;          /* numbers of which buffers are given to each run */
    int64_t *records;
    int64_t *lengths;   /* of each base */
    char *kinds;        /* d or i */
    double *constants;  /* base `bases`: numbers that belong to the table */
    int64_t *indices;   /* base `bases` + 1: indices that belong to it */
    double *packed;     /* room for a part of a matrix */
} Table;

/* "" if the record is sound, else what is wrong with it */
static const char *wrong(const Table *table, const int64_t *record)
{
    const int64_t limit = INT64_C(1) << 40;
    int64_t op = record[0], nd = record[2];
    if (op < 0 || op >= OPERATIONS) return "unknown operation";
    if (record[1] != (int64_t)strlen(KINDS[op])) return "wrong number of parts";
    if (nd < 0 || nd > DIMS) return "wrong number of dimensions";
    if (record[3] < -limit || record[3] > limit) return "extra out of range";
    if ((op == MATMUL && nd != 4) || (op >= STACKED_MAX && op <= STACKED_SHIFT && nd != 2))
        return "wrong number of dimensions";
    int empty = 0;
    int64_t size = 1;
    for (int64_t d = 0; d < nd; d++) {
        int64_t length = SHAPE(record)[d];
        if (length < 0 || length > limit) return "shape out of range";
        if (length == 0) empty = 1;
        size = length && size > limit / length ? limit + 1 : size * length;
    }
    if (op >= STACKED_MAX && op <= STACKED_SHIFT && SHAPE(record)[0] == 0)
        return "nothing to choose from";
    for (int64_t part = 0; part < record[1]; part++) {
        const int64_t *at = AT(record, part);
        int64_t base = at[0], low = at[1], high = at[1];
        if (base < 0 || base >= table->bases + 2) return "unknown base";
        if (table->kinds[base] != KINDS[op][part]) return "a base of the wrong kind";
        if (part == 0 && base >= table->bases) return "the table's own numbers do not change";
        if ((op >= STACKED_MAX && op <= STACKED_SHIFT && part == 1) && base >= table->bases)
            return "the table's own numbers do not change";
        if (low < -limit || low > limit) return "offset out of range";
        for (int64_t d = 0; d < nd; d++) {
            int64_t stride = at[2 + d], last = SHAPE(record)[d] - 1;
            if (stride < -limit || stride > limit) return "stride out of range";
            if (last > 0 && stride) {
                if (last > limit / (stride < 0 ? -stride : stride)) return "out of bounds";
                if (stride < 0) low += last * stride;
                else high += last * stride;
            }
        }
        /* where the indices lead is known, and checked, when it runs */
        if ((op == GATHER || op == INDEX_GATHER) && part == 2) continue;
        if ((op == SCATTER || op == SCATTER_ADD) && part == 0) continue;
        if (!empty && (low < 0 || high >= table->lengths[base])) return "out of bounds";
    }
    if (!empty && op == MATMUL && SHAPE(record)[3] > (INT64_C(1) << 30)) return "too large";
    return "";
}

/* Runs with indices; false if one leads outside. */
static int indexed(const Table *table, const int64_t *record, void *const *bases)
{
    int64_t op = record[0], nd = record[2], extra = record[3], shape[DIMS] = {1, 1, 1, 1};
    int64_t at[3] = {0}, strides[3][DIMS] = {{0}};
    void *data[3] = {0};
    for (int64_t d = 0; d < nd; d++) shape[DIMS - nd + d] = SHAPE(record)[d];
    for (int64_t part = 0; part < record[1]; part++) {
        const int64_t *from = AT(record, part);
        data[part] = bases[from[0]];
        at[part] = from[1];
        for (int64_t d = 0; d < nd; d++) strides[part][DIMS - nd + d] = from[2 + d];
    }
    int far_part = op == GATHER || op == INDEX_GATHER ? 2 : 0;
    uint64_t length = (uint64_t)table->lengths[AT(record, far_part)[0]];
    for (int64_t i = 0; i < shape[0]; i++)
    for (int64_t j = 0; j < shape[1]; j++)
    for (int64_t k = 0; k < shape[2]; k++) {
        int64_t p[3];
        for (int part = 0; part < 3; part++)
            p[part] = at[part] + i * strides[part][0] + j * strides[part][1] + k * strides[part][2];
        const int64_t s0 = strides[0][3], s1 = strides[1][3], s2 = strides[2][3], n = shape[3];
#define FOR for (int64_t l = 0; l < n; l++)
#define INDEX ((const int64_t *)data[1])[p[1] + l * s1]
/* what is computed is bounded: a product of an index below 2^31 and a stride below 2^31 */
#define FAR(start, stride)                                                                     \
    int64_t index = INDEX;                                                                     \
    if (index < -INT32_MAX || index > INT32_MAX || extra < -INT32_MAX || extra > INT32_MAX)    \
        return 0;                                                                              \
    int64_t place = (start) + extra * index + l * (stride);                                    \
    if ((uint64_t)place >= length) return 0;
        switch (op) {
        case GATHER:
            FOR { FAR(p[2], s2) ((double *)data[0])[p[0] + l * s0] = ((const double *)data[2])[place]; }
            break;
        case INDEX_GATHER:
            FOR { FAR(p[2], s2) ((int64_t *)data[0])[p[0] + l * s0] = ((const int64_t *)data[2])[place]; }
            break;
        case SCATTER:
            FOR { FAR(p[0], s0) ((double *)data[0])[place] = ((const double *)data[2])[p[2] + l * s2]; }
            break;
        case SCATTER_ADD:
            FOR { FAR(p[0], s0) ((double *)data[0])[place] += ((const double *)data[2])[p[2] + l * s2]; }
            break;
        case CHECKED:
            FOR {
                double x = ((const double *)data[1])[p[1] + l * s1];
                if (!(x >= 0.0 && x < (double)extra) || x != floor(x)) return 0;
                ((int64_t *)data[0])[p[0] + l * s0] = (int64_t)x;
            }
            break;
        case INDEX_ADD:
            FOR {
                uint64_t sum = (uint64_t)((const int64_t *)data[1])[p[1] + l * s1]
                    + (uint64_t)extra * (uint64_t)((const int64_t *)data[2])[p[2] + l * s2];
                ((int64_t *)data[0])[p[0] + l * s0] = (int64_t)sum;
            }
            break;
        }
    }
    return 1;
}

/* One operation; false if an index led outside. */
static int perform(const Table *table, const int64_t *record, void *const *bases)
{
    int64_t op = record[0], nd = record[2], shape[DIMS] = {1, 1, 1, 1}, strides[PARTS][DIMS];
    for (int64_t d = 0; d < nd; d++)
        if (SHAPE(record)[d] == 0 && !(op == MATMUL && d == 3)) return 1;
    if (op >= GATHER) return indexed(table, record, bases);
    double *data[PARTS];
    int64_t parts = record[1];
    for (int64_t part = 0; part < parts; part++)
        data[part] = (double *)bases[AT(record, part)[0]] + AT(record, part)[1];
    if (op == MATMUL) {
        chosen->matmul(record, data, table->packed);
        return 1;
    }
    if (op >= STACKED_MAX) {
        chosen->stacked(record, data);
        return 1;
    }
    for (int64_t d = 0; d < nd; d++) shape[DIMS - nd + d] = SHAPE(record)[d];
    for (int64_t part = 0; part < parts; part++)
        for (int64_t d = 0; d < DIMS; d++)
            strides[part][d] = d < DIMS - nd ? 0 : AT(record, part)[2 + d - (DIMS - nd)];
#define PLACE(part)                                                                            \
    data[part] + i * strides[part][0] + j * strides[part][1] + k * strides[part][2],           \
        strides[part][3]
#define EACH_ROW                                                                               \
    for (int64_t i = 0; i < shape[0]; i++)                                                     \
        for (int64_t j = 0; j < shape[1]; j++)                                                 \
            for (int64_t k = 0; k < shape[2]; k++)
    void (*each)(void) = chosen->each[op];
    if (parts == 2) EACH_ROW((each1)each)(shape[3], PLACE(0), PLACE(1));
    else if (parts == 3) EACH_ROW((each2)each)(shape[3], PLACE(0), PLACE(1), PLACE(2));
    else EACH_ROW((each3)each)(shape[3], PLACE(0), PLACE(1), PLACE(2), PLACE(3));
    return 1;
}

#include "table.h"
