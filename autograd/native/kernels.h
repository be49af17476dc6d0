/* The loops, compiled once for each kind of processor: NAME(…) gives each kind its own names,
   LANES is the number of doubles in a vector. */

#include "vectors.h"

#include "mathematics.h"

/* --- number by number ------------------------------------------------------------------ */

#define EACH1(name, EXPR)                                                                      \
    static void NAME(name)(int64_t n, double *o, int64_t so, const double *a, int64_t sa)      \
    {                                                                                          \
        if (so == 1 && sa == 1) {                                                              \
            UNALIASED for (int64_t i = 0; i < n; i++) { double x = a[i]; o[i] = (EXPR); }      \
        } else {                                                                               \
            for (int64_t i = 0; i < n; i++) { double x = a[i * sa]; o[i * so] = (EXPR); }      \
        }                                                                                      \
    }

#define EACH2(name, EXPR)                                                                      \
    static void NAME(name)(int64_t n, double *o, int64_t so, const double *a, int64_t sa,      \
                           const double *b, int64_t sb)                                        \
    {                                                                                          \
        if (so == 1 && sa == 1 && sb == 1) {                                                   \
            UNALIASED for (int64_t i = 0; i < n; i++) {                                        \
                double x = a[i], y = b[i]; o[i] = (EXPR);                                      \
            }                                                                                  \
        } else if (so == 1 && sa == 1 && sb == 0) {                                            \
            double y = *b;                                                                     \
            UNALIASED for (int64_t i = 0; i < n; i++) { double x = a[i]; o[i] = (EXPR); }      \
        } else if (so == 1 && sa == 0 && sb == 1) {                                            \
            double x = *a;                                                                     \
            UNALIASED for (int64_t i = 0; i < n; i++) { double y = b[i]; o[i] = (EXPR); }      \
        } else {                                                                               \
            for (int64_t i = 0; i < n; i++) {                                                  \
                double x = a[i * sa], y = b[i * sb]; o[i * so] = (EXPR);                       \
            }                                                                                  \
        }                                                                                      \
    }

#define EACH3(name, EXPR)                                                                      \
    static void NAME(name)(int64_t n, double *o, int64_t so, const double *a, int64_t sa,      \
                           const double *b, int64_t sb, const double *c, int64_t sc)           \
    {                                                                                          \
        if (so == 1 && sa == 1 && sb == 1 && sc == 1) {                                        \
            UNALIASED for (int64_t i = 0; i < n; i++) {                                        \
                double x = a[i], y = b[i], z = c[i]; o[i] = (EXPR);                            \
            }                                                                                  \
        } else if (so == 1 && sa == 1 && sb == 0 && sc == 1) {                                 \
            double y = *b;                                                                     \
            UNALIASED for (int64_t i = 0; i < n; i++) {                                        \
                double x = a[i], z = c[i]; o[i] = (EXPR);                                      \
            }                                                                                  \
        } else if (so == 1 && sa == 1 && sb == 1 && sc == 0) {                                 \
            double z = *c;                                                                     \
            UNALIASED for (int64_t i = 0; i < n; i++) {                                        \
                double x = a[i], y = b[i]; o[i] = (EXPR);                                      \
            }                                                                                  \
        } else {                                                                               \
            for (int64_t i = 0; i < n; i++) {                                                  \
                double x = a[i * sa], y = b[i * sb], z = c[i * sc]; o[i * so] = (EXPR);        \
            }                                                                                  \
        }                                                                                      \
    }

static inline double NAME(inverse_root)(double x)
{
    return x > 0.0 && x < INFINITY ? 1.0 / sqrt(x) : pow(x, -0.5);
}

static inline double NAME(tanh_slope)(double out, double x)
{
    double slope = 1.0 - out * out;
    double e = NAME(exp)(-2.0 * fabs(x)); /* near 1 too few digits are left */
    double other = 4.0 * e / ((1.0 + e) * (1.0 + e));
    return slope < 1e-5 ? other : slope;
}

static inline double NAME(sigmoid_slope)(double out, double x)
{
    double rest = 1.0 - out;
    double e = NAME(exp)(-fabs(x));
    double other = e / ((1.0 + e) * (1.0 + e));
    return rest < 1e-5 ? other : out * rest;
}

#include "operations.h"

/* --- sums ------------------------------------------------------------------------------ */

static double NAME(total)(int64_t n, const double *a, int64_t sa)
{
    double sum = 0.0;
    int64_t i = 0;
    if (sa == 1 && n >= 2 * LANES) {
        VECTOR first = LOAD(a), second = LOAD(a + LANES);
        for (i = 2 * LANES; i + 2 * LANES <= n; i += 2 * LANES) {
            ADD_TO(first, LOAD(a + i));
            ADD_TO(second, LOAD(a + i + LANES));
        }
        ADD_TO(first, second);
        for (int lane = 0; lane < LANES; lane++) sum += LANE(first, lane);
    } else if (n) {
        sum = a[0];
        i = 1;
    }
    for (; i < n; i++) sum += a[i * sa];
    return sum;
}

/* Adds to what is there. With so = 0 all go to one place. */
static void NAME(reduce)(int64_t n, double *o, int64_t so, const double *a, int64_t sa)
{
    if (so == 0) *o += NAME(total)(n, a, sa);
    else if (so == 1 && sa == 1) {
        UNALIASED for (int64_t i = 0; i < n; i++) o[i] += a[i];
    } else {
        for (int64_t i = 0; i < n; i++) o[i * so] += a[i * sa];
    }
}

#include "products.h"
#include "softmax.h"
