/* One machine, for one kind of processor: its loops, and the list of them. */

#include "kernels.h"

static void NAME(matmul_record)(const int64_t *record, double *const *data, double *packed)
{
    const int64_t *c = AT(record, 0) + 2, *a = AT(record, 1) + 2, *b = AT(record, 2) + 2;
    const int64_t *shape = SHAPE(record);
    for (int64_t i = 0; i < shape[0]; i++) {
        NAME(product) product = {shape[1], shape[2], shape[3], data[1] + i * a[0],
                                 data[2] + i * b[0], data[0] + i * c[0], a[1], a[3], b[3], b[2],
                                 c[1], c[2], record[3] != 0};
        NAME(matmul)(product, packed);
    }
}

static void NAME(stacked_record)(const int64_t *record, double *const *data)
{
    const int64_t *out = AT(record, 0) + 2, *w = AT(record, 1) + 2, *x = AT(record, 2) + 2;
    NAME(stacked)((int)record[0], SHAPE(record)[0], SHAPE(record)[1], data[0], out[1], data[1],
                  w[0], w[1], data[2], x[0], x[1]);
}

#undef EACH1
#undef EACH2
#undef EACH3
#define LISTED(name) [OP_##name] = (void (*)(void))NAME(name),
#define EACH1(name, EXPR) LISTED(name)
#define EACH2(name, EXPR) LISTED(name)
#define EACH3(name, EXPR) LISTED(name)
static const machine NAME(machine) = {
    {
#include "operations.h"
        [REDUCE] = (void (*)(void))NAME(reduce),
    },
    NAME(matmul_record),
    NAME(stacked_record),
};
#undef EACH1
#undef EACH2
#undef EACH3
#undef LISTED
#undef VECTOR
#undef WIDE
