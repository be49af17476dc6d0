/* VECTOR: LANES doubles, anywhere in memory. The compiler's own kind of vector where there is
   one; an array, and loops that it may unroll, where there is none. */

#define VECTOR NAME(vector)

#if defined(GNU_C)
typedef double VECTOR __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
#define LOAD(from) (*(const VECTOR *)(from))
#define STORE(to, v) (*(VECTOR *)(to) = (v))
#define ADD_TO(sum, v) ((sum) += (v))
#define ADD_TIMES(sum, number, v) ((sum) += (number) * (v))
#define ADD_PRODUCT(sum, v, w) ((sum) += (v) * (w))
#define LANE(v, lane) ((v)[lane])
#else
typedef struct { double of[LANES]; } VECTOR;

static inline VECTOR NAME(load)(const double *from)
{
    VECTOR v;
    for (int lane = 0; lane < LANES; lane++) v.of[lane] = from[lane];
    return v;
}

#define EACH_LANE for (int lane = 0; lane < LANES; lane++)
#define LOAD(from) NAME(load)(from)
#define STORE(to, v) EACH_LANE (to)[lane] = (v).of[lane]
#define ADD_TO(sum, v) EACH_LANE (sum).of[lane] += (v).of[lane]
#define ADD_TIMES(sum, number, v) EACH_LANE (sum).of[lane] += (number) * (v).of[lane]
#define ADD_PRODUCT(sum, v, w) EACH_LANE (sum).of[lane] += (v).of[lane] * (w).of[lane]
#define LANE(v, lane) ((v).of[lane])
#endif
