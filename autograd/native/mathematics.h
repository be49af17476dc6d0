/* exp, log, tanh and their like without branches, so that the compiler makes vectors of them.

   Errors, against the exact values: exp and expm1 below 2 ulp, log below 2, tanh below 4
   (tests/compiler/test_native.py measures them). All series are Taylor's, to the term that
   no longer counts at the end of the reduced range. */

#define LN2_HIGH 0x1.62e42fefa0000p-1 /* the leading 34 bits of ln 2: k * LN2_HIGH is exact */
#define LN2_LOW 0x1.cf79abc9e3b3ap-40
#define ROUNDER 0x1.8p52 /* added, it rounds to a whole number, which stands in the low bits */

static inline double NAME(of_bits)(int64_t bits)
{
    union { int64_t i; double d; } both = {.i = bits};
    return both.d;
}

static inline int64_t NAME(bits_of)(double x)
{
    union { double d; int64_t i; } both = {.d = x};
    return both.i;
}

/* Signs are lost on the way: what comes of a nan is not used. */
static inline double NAME(power_of_two)(int64_t k)
{
    return NAME(of_bits)((int64_t)((uint64_t)(k + 1023) << 52));
}

/* e^r - 1 for |r| <= ln(2)/2 */
static inline double NAME(short_expm1)(double r)
{
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    return r + r * r * p;
}

/* x as whole·ln 2 + r, with |r| at most half of ln 2 */
static inline double NAME(reduced)(double x, int64_t *whole)
{
    double shifted = x * 1.4426950408889634 + ROUNDER;
    double k = shifted - ROUNDER;
    *whole = NAME(bits_of)(shifted) - NAME(bits_of)(ROUNDER);
    return (x - k * LN2_HIGH) - k * LN2_LOW;
}

/* 2^k in two factors, since k may lie outside the range of exponents */
static inline double NAME(powers_of_two)(int64_t k, double *second)
{
    int64_t half = (k + 4096) / 2 - 2048;
    *second = NAME(power_of_two)(k - half);
    return NAME(power_of_two)(half);
}

static inline double NAME(exp)(double x)
{
    double y = x > 710.0 ? 710.0 : x;
    y = y < -746.0 ? -746.0 : y;
    int64_t whole;
    double r = NAME(reduced)(y, &whole);
    double second;
    double first = NAME(powers_of_two)(whole, &second);
    double found = (1.0 + NAME(short_expm1)(r)) * first * second;
    return x != x ? x : found;
}

static inline double NAME(expm1)(double x)
{
    double y = x > 710.0 ? 710.0 : x;
    y = y < -60.0 ? -60.0 : y;
    int64_t whole;
    double r = NAME(reduced)(y, &whole);
    double second;
    double first = NAME(powers_of_two)(whole, &second);
    double found = (NAME(short_expm1)(r) * first + (first - 1.0 / second)) * second;
    found = x == 0.0 ? x : found;
    return x != x ? x : found;
}

static inline double NAME(tanh)(double x)
{
    double size = x < 0.0 ? -x : x;
    double twice = size > 22.0 ? 44.0 : size + size;
    int64_t whole;
    double r = NAME(reduced)(twice, &whole);
    double power = NAME(power_of_two)(whole);
    double e = NAME(short_expm1)(r) * power + (power - 1.0);
    double found = e / (e + 2.0);
    int64_t sign = NAME(bits_of)(x) & INT64_MIN;
    found = NAME(of_bits)(NAME(bits_of)(found) | sign);
    return x != x ? x : found;
}

static inline double NAME(log)(double x)
{
    int tiny = x < 0x1p-1022;
    double y = tiny ? x * 0x1p54 : x;
    uint64_t bits = (uint64_t)NAME(bits_of)(y);
    /* the exponent such that the rest lies between sqrt(1/2) and sqrt(2) */
    uint64_t above = bits - UINT64_C(0x3fe6a09e667f3bcd) + (UINT64_C(2048) << 52);
    int64_t whole = (int64_t)(above >> 52) - 2048;
    double f = NAME(of_bits)((int64_t)(bits - ((uint64_t)whole << 52))) - 1.0;
    double k = NAME(of_bits)(NAME(bits_of)(ROUNDER) + whole) - ROUNDER;
    k = tiny ? k - 54.0 : k;
    double s = f / (2.0 + f), z = s * s;
    double p = 1.0 / 23.0;
    p = p * z + 1.0 / 21.0;
    p = p * z + 1.0 / 19.0;
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    /* ln(1 + f) = f - f²/2 + s(f²/2 + 2z·p): what is large is exact */
    double square = 0.5 * f * f;
    double found = k * LN2_HIGH - ((square - (s * (square + 2.0 * z * p) + k * LN2_LOW)) - f);
    found = x == 0.0 ? -INFINITY : found;
    found = x < 0.0 ? NAN : found;
    found = x == INFINITY ? x : found;
    return x != x ? x : found;
}
