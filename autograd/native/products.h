/* Products of matrices that are small enough to stay in the cache. */

typedef struct {
    int64_t m, n, k;
    const double *a, *b;
    double *c;
    int64_t am, ak, bk, bn, cm, cn;
    int add;
} NAME(product);

#define WIDE (2 * LANES)

/* `rows` rows of the result, `columns` columns, at most `vectors` × LANES; so many numbers can
   be read from b, row by row, which are `down` apart. */
ALWAYS_INLINE void NAME(tile)(const int rows, const int vectors, int64_t columns, int64_t k,
                              const double *a, int64_t am, int64_t ak, const double *b,
                              int64_t down, double *c, int64_t cm, int64_t cn, int add)
{
    VECTOR sums[4][2];
    for (int r = 0; r < rows; r++) sums[r][0] = sums[r][1] = (VECTOR){0};
    for (int64_t i = 0; i < k; i++) {
        VECTOR left = LOAD(b), right = left;
        if (vectors == 2) right = LOAD(b + LANES);
        for (int r = 0; r < rows; r++) {
            double x = a[r * am];
            ADD_TIMES(sums[r][0], x, left);
            if (vectors == 2) ADD_TIMES(sums[r][1], x, right);
        }
        a += ak;
        b += down;
    }
    for (int r = 0; r < rows; r++) {
        double *to = c + r * cm;
        if (columns == WIDE && cn == 1) {
            if (add) {
                ADD_TO(sums[r][0], LOAD(to));
                ADD_TO(sums[r][1], LOAD(to + LANES));
            }
            STORE(to, sums[r][0]);
            STORE(to + LANES, sums[r][1]);
        } else {
            double row[WIDE];
            STORE(row, sums[r][0]);
            STORE(row + LANES, sums[r][1]);
            if (add)
                for (int64_t j = 0; j < columns; j++) to[j * cn] += row[j];
            else
                for (int64_t j = 0; j < columns; j++) to[j * cn] = row[j];
        }
    }
}

static double NAME(dot)(int64_t n, const double *a, int64_t sa, const double *b, int64_t sb)
{
    double sum = 0.0;
    int64_t i = 0;
    if (sa == 1 && sb == 1 && n >= 2 * LANES) {
        VECTOR first = {0}, second = {0};
        for (; i + 2 * LANES <= n; i += 2 * LANES) {
            ADD_PRODUCT(first, LOAD(a + i), LOAD(b + i));
            ADD_PRODUCT(second, LOAD(a + i + LANES), LOAD(b + i + LANES));
        }
        ADD_TO(first, second);
        for (int lane = 0; lane < LANES; lane++) sum += LANE(first, lane);
    }
    for (; i < n; i++) sum += a[i * sa] * b[i * sb];
    return sum;
}

static void NAME(matmul)(NAME(product) p, double *packed)
{
    int64_t wide = (p.n + WIDE - 1) / WIDE * p.m, high = (p.m + WIDE - 1) / WIDE * p.n;
    if (high < wide || (high == wide && p.bn != 1 && p.am == 1)) { /* the product's transpose */
        p = (NAME(product)){p.n, p.m, p.k, p.b, p.a, p.c, p.bn, p.bk, p.ak, p.am, p.cn, p.cm,
                            p.add};
    }
    if ((p.m <= 2 && p.bn != 1 && p.bk == 1 && p.ak == 1) || p.m * p.n <= 2) {
        for (int64_t i = 0; i < p.m; i++)
            for (int64_t j = 0; j < p.n; j++) {
                double sum = NAME(dot)(p.k, p.a + i * p.am, p.ak, p.b + j * p.bn, p.bk);
                double *to = p.c + i * p.cm + j * p.cn;
                *to = p.add ? *to + sum : sum;
            }
        return;
    }
    for (int64_t j = 0; j < p.n; j += WIDE) {
        int64_t columns = p.n - j < WIDE ? p.n - j : WIDE;
        const double *b = p.b + j * p.bn;
        int64_t down = p.bk;
        /* rows that lie far apart would share few lines of the cache: worth a copy if read often */
        if (p.bn != 1 || columns < WIDE || (p.m >= 16 && p.k > 48)) {
            if (columns < WIDE) memset(packed, 0, sizeof(double) * (size_t)(p.k * WIDE));
            if (p.bn == 1) {
                for (int64_t i = 0; i < p.k; i++)
                    for (int64_t l = 0; l < columns; l++)
                        packed[i * WIDE + l] = b[i * p.bk + l];
            } else {
                for (int64_t l = 0; l < columns; l++)
                    for (int64_t i = 0; i < p.k; i++)
                        packed[i * WIDE + l] = b[i * p.bk + l * p.bn];
            }
            b = packed;
            down = WIDE;
        }
        int64_t i = 0;
#define TILE(rows)                                                                             \
    if (columns > LANES)                                                                       \
        NAME(tile)(rows, 2, columns, p.k, p.a + i * p.am, p.am, p.ak, b, down,                 \
                   p.c + i * p.cm + j * p.cn, p.cm, p.cn, p.add);                              \
    else                                                                                       \
        NAME(tile)(rows, 1, columns, p.k, p.a + i * p.am, p.am, p.ak, b, down,                        \
               p.c + i * p.cm + j * p.cn, p.cm, p.cn, p.add)
        for (; i + 4 <= p.m; i += 4) { TILE(4); }
        if (p.m - i == 3) { TILE(3); }
        else if (p.m - i == 2) { TILE(2); }
        else if (p.m - i == 1) { TILE(1); }
#undef TILE
    }
}
