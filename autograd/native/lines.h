/* Instructions on single numbers, one after the other: the type Lines.

   What a program does in which little can be done at once. A line says what to do, and where in
   one long row of numbers its operands and its result lie. Numbers are what the C library makes
   of them, as they are in Python. */

#define SUFFIX libm
static inline double NAME(exp)(double x) { return exp(x); }
static inline double NAME(expm1)(double x) { return expm1(x); }
static inline double NAME(log)(double x) { return log(x); }
static inline double NAME(tanh)(double x) { return tanh(x); }
static inline double NAME(inverse_root)(double x) { return pow(x, -0.5); }

static inline double NAME(tanh_slope)(double out, double x)
{
    double e = exp(-2.0 * fabs(x)), whole = 1.0 + e;
    (void)out;
    return 4.0 * e / (whole * whole);
}

static inline double NAME(sigmoid_slope)(double out, double x)
{
    double e = exp(-fabs(x)), whole = 1.0 + e;
    (void)out;
    return e / (whole * whole);
}

typedef struct {
    int32_t op, out, x, y, z; /* of a gather or scatter: x, y the table's start and size, z where
                                 the index is */
} line;

typedef struct {
    PyObject_HEAD
    int64_t count;   /* of lines */
    int64_t length;  /* of the row of numbers */
    int64_t listed;  /* how many places there are in tables */
    line *lines;
    int32_t *places; /* where the elements of tables lie */
} Lines;

static void Lines_dealloc(Lines *self)
{
    PyMem_Free(self->lines);
    PyMem_Free(self->places);
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static int lies_in(int64_t place, int64_t length) { return place >= 0 && place < length; }

/* Does a line lead nowhere but to numbers that there are? */
static int is_sound(const Lines *self, const line *at)
{
    if (at->op == GATHER || at->op == SCATTER_ADD)
        return lies_in(at->out, self->length) && lies_in(at->z, self->length) && at->x >= 0 &&
               at->y >= 0 && (int64_t)at->x + at->y <= self->listed;
    if (at->op < 0 || at->op >= REDUCE) return 0;
    const int32_t places[] = {at->out, at->x, at->y, at->z};
    for (size_t part = 0; part < strlen(KINDS[at->op]); part++)
        if (!lies_in(places[part], self->length)) return 0;
    return 1;
}

static PyObject *Lines_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"lines", "places", "length", NULL};
    PyObject *lines, *places;
    Py_ssize_t length;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOn:Lines", keywords, &lines, &places, &length))
        return NULL;
    Lines *self = (Lines *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->length = length;
    if (!(self->lines = copied(lines, sizeof(line), &self->count))) goto failed;
    if (!(self->places = copied(places, sizeof(int32_t), &self->listed))) goto failed;
    for (int64_t i = 0; i < self->listed; i++)
        if (!lies_in(self->places[i], length)) {
            PyErr_Format(PyExc_ValueError, "Lines: place %lld: out of bounds", (long long)i);
            goto failed;
        }
    for (int64_t i = 0; i < self->count; i++)
        if (!is_sound(self, self->lines + i)) {
            PyErr_Format(PyExc_ValueError, "Lines: line %lld: unknown, or out of bounds",
                         (long long)i);
            goto failed;
        }
    return (PyObject *)self;
failed:
    Py_DECREF(self);
    return NULL;
}

/* What one line does; false if an index is none. */
static inline int follow(const Lines *self, const line *at, double *u)
{
    switch (at->op) {
#define EACH1(name, EXPR) case OP_##name: { double x = u[at->x]; u[at->out] = (EXPR); break; }
#define EACH2(name, EXPR)                                                                      \
    case OP_##name: { double x = u[at->x], y = u[at->y]; u[at->out] = (EXPR); break; }
#define EACH3(name, EXPR)                                                                      \
    case OP_##name: {                                                                          \
        double x = u[at->x], y = u[at->y], z = u[at->z]; u[at->out] = (EXPR); break;           \
    }
#include "operations.h"
#undef EACH1
#undef EACH2
#undef EACH3
    default: {
        double index = u[at->z];
        if (!(index >= 0.0 && index < (double)at->y) || index != floor(index)) return 0;
        double *element = u + self->places[at->x + (int64_t)index];
        if (at->op == GATHER) u[at->out] = *element;
        else *element += u[at->out];
    }
    }
    return 1;
}
#undef SUFFIX

static PyObject *Lines_run(Lines *self, PyObject *numbers)
{
    Py_buffer buffer;
    Py_ssize_t stopped = -1;
    if (PyObject_GetBuffer(numbers, &buffer, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT))
        return NULL;
    if (!buffer.format || strcmp(buffer.format, "d") || buffer.len / 8 != self->length) {
        PyBuffer_Release(&buffer);
        return PyErr_Format(PyExc_ValueError, "Lines.run: numbers of another length or type");
    }
    Py_BEGIN_CRITICAL_SECTION(self);
    for (int64_t i = 0; i < self->count; i++)
        if (!follow(self, self->lines + i, buffer.buf)) {
            stopped = i;
            break;
        }
    Py_END_CRITICAL_SECTION();
    PyBuffer_Release(&buffer);
    return PyLong_FromSsize_t(stopped);
}

static PyMethodDef Lines_methods[] = {
    {"run", (PyCFunction)Lines_run, METH_O,
     "run(numbers): do it all; -1, or the number of the line whose index is none."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot Lines_slots[] = {
    {Py_tp_doc, "Lines(lines, places, length): checked instructions on single numbers."},
    {Py_tp_new, SLOT(Lines_new)},
    {Py_tp_dealloc, SLOT(Lines_dealloc)},
    {Py_tp_methods, Lines_methods},
    {0, NULL}};

static PyType_Spec Lines_spec = {"autograd.native.executor.Lines", sizeof(Lines), 0,
                                 Py_TPFLAGS_DEFAULT, Lines_slots};
