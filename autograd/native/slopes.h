/* What operations.h needs beside C's own functions, made of NAME(exp). */

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
