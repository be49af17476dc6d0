/* Functions of many operands, which are the rows of a matrix. */

/* out: [n]; weights: [k, n]; rows: [k, n] */
static void NAME(extreme)(int least, int64_t k, int64_t n, double *out, int64_t so, double *w,
                          int64_t wk, int64_t wn, const double *x, int64_t xk, int64_t xn)
{
    for (int64_t j = 0; j < n; j++, out += so, w += wn, x += xn) {
        double top = x[0], sum = 0.0;
        for (int64_t i = 1; i < k; i++) {
            double y = x[i * xk];
            int stays = least ? top <= y : top >= y;
            top = stays || top != top ? top : y;
        }
        for (int64_t i = 0; i < k; i++) sum += w[i * wk] = x[i * xk] == top;
        if (sum != 1.0)
            for (int64_t i = 0; i < k; i++) w[i * wk] /= sum;
        *out = top;
    }
}

/* ln Σ exp and the softmax of up to TOGETHER columns; the largest counts as a constant. */
static void NAME(soft)(int op, int64_t k, int64_t n, double *out, int64_t so, double *w,
                       int64_t wk, int64_t wn, const double *x, int64_t xk, int64_t xn)
{
    double top[TOGETHER], sum[TOGETHER];
    int beside = xn == 1 && wn == 1, below = xk == 1 && wk == 1 && wn == k;
    for (int64_t j = 0; j < n; j++) top[j] = x[j * xn];
    if (beside) { /* row by row */
        for (int64_t i = 1; i < k; i++) {
            const double *row = x + i * xk;
            UNALIASED for (int64_t j = 0; j < n; j++)
                top[j] = top[j] >= row[j] || top[j] != top[j] ? top[j] : row[j];
        }
    } else {
        for (int64_t j = 0; j < n; j++) {
            double most[4] = {top[j], top[j], top[j], top[j]};
            const double *column = x + j * xn;
            for (int64_t i = 0; i < k; i++) {
                double y = column[i * xk], *m = &most[i & 3];
                *m = *m >= y || *m != *m ? *m : y;
            }
            for (int i = 1; i < 4; i++)
                most[0] = most[0] >= most[i] || most[0] != most[0] ? most[0] : most[i];
            top[j] = most[0];
        }
    }
    for (int64_t j = 0; j < n; j++) top[j] = top[j] - top[j] == 0.0 ? top[j] : 0.0;
    if (op == STACKED_SHIFT) {
        for (int64_t j = 0; j < n; j++) out[j * so] = top[j];
        return;
    }
    if (beside) {
        for (int64_t j = 0; j < n; j++) sum[j] = 0.0;
        for (int64_t i = 0; i < k; i++) {
            const double *row = x + i * xk;
            double *to = w + i * wk;
            UNALIASED for (int64_t j = 0; j < n; j++) to[j] = NAME(exp)(row[j] - top[j]);
            for (int64_t j = 0; j < n; j++) sum[j] += to[j];
        }
        for (int64_t i = 0; i < k; i++) {
            double *to = w + i * wk;
            UNALIASED for (int64_t j = 0; j < n; j++) to[j] /= sum[j];
        }
    } else {
        for (int64_t j = 0; j < n; j++) {
            const double *column = x + j * xn;
            double *to = w + j * wn, highest = top[j];
            if (xk == 1 && wk == 1) {
                UNALIASED for (int64_t i = 0; i < k; i++) to[i] = column[i] - highest;
            } else {
                for (int64_t i = 0; i < k; i++) to[i * wk] = column[i * xk] - highest;
            }
        }
        if (below) NAME(exp_)(n * k, w, 1, w, 1);
        else
            for (int64_t j = 0; j < n; j++) NAME(exp_)(k, w + j * wn, wk, w + j * wn, wk);
        for (int64_t j = 0; j < n; j++) {
            double *to = w + j * wn;
            sum[j] = NAME(total)(k, to, wk);
            NAME(divide)(k, to, wk, to, wk, &sum[j], 0);
        }
    }
    NAME(log_)(n, sum, 1, sum, 1);
    for (int64_t j = 0; j < n; j++) out[j * so] = op == STACKED_EXCESS ? sum[j] : top[j] + sum[j];
}

static void NAME(stacked)(int op, int64_t k, int64_t n, double *out, int64_t so, double *w,
                          int64_t wk, int64_t wn, const double *x, int64_t xk, int64_t xn)
{
    if (op == STACKED_MAX || op == STACKED_MIN) {
        NAME(extreme)(op == STACKED_MIN, k, n, out, so, w, wk, wn, x, xk, xn);
        return;
    }
    for (int64_t j = 0; j < n; j += TOGETHER) {
        int64_t columns = n - j < TOGETHER ? n - j : TOGETHER;
        NAME(soft)(op, k, columns, out + j * so, so, w + j * wn, wk, wn, x + j * xn, xk, xn);
    }
}
