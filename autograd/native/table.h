/* The Python side: the type Table, and the module. */

static void Table_dealloc(Table *self)
{
    PyMem_Free(self->records);
    PyMem_Free(self->lengths);
    PyMem_Free(self->kinds);
    PyMem_Free(self->constants);
    PyMem_Free(self->indices);
    PyMem_Free(self->packed);
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

/* A copy of a buffer of things of a size; their number in *count. NULL, with an error, on
   failure. */
static void *copied(PyObject *from, size_t size, int64_t *count)
{
    Py_buffer buffer;
    if (PyObject_GetBuffer(from, &buffer, PyBUF_C_CONTIGUOUS) < 0) return NULL;
    void *copy = PyMem_Malloc((size_t)buffer.len + 8);
    if (!copy) PyErr_NoMemory();
    else memcpy(copy, buffer.buf, (size_t)buffer.len);
    *count = buffer.len / (Py_ssize_t)size;
    PyBuffer_Release(&buffer);
    return copy;
}

static PyObject *Table_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"records", "kinds", "lengths", "constants", "indices", NULL};
    PyObject *records, *lengths, *constants, *indices;
    const char *kinds;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OsOOO:Table", keywords, &records, &kinds,
                                     &lengths, &constants, &indices))
        return NULL;
    Table *self = (Table *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    int64_t count = 0, bases = 0, numbers = 0, whole = 0, longest = 0;
    size_t given = strlen(kinds);
    if (!(self->records = copied(records, 8, &count))) goto failed;
    int64_t *sizes = copied(lengths, 8, &bases);
    if (!sizes) goto failed;
    self->lengths = PyMem_Calloc((size_t)bases + 2, sizeof(int64_t));
    self->kinds = PyMem_Calloc((size_t)bases + 3, 1);
    if (self->lengths) memcpy(self->lengths, sizes, (size_t)bases * sizeof(int64_t));
    PyMem_Free(sizes);
    if (!self->lengths || !self->kinds) {
        PyErr_NoMemory();
        goto failed;
    }
    if (!(self->constants = copied(constants, 8, &numbers))) goto failed;
    if (!(self->indices = copied(indices, 8, &whole))) goto failed;
    if (count % RECORD || given != (size_t)bases || bases > MOST_BASES ||
        strspn(kinds, "di") != given) {
        PyErr_SetString(PyExc_ValueError, "Table: records, kinds or lengths of the wrong size");
        goto failed;
    }
    memcpy(self->kinds, kinds, given);
    memcpy(self->kinds + given, "di", 3);
    self->bases = (int)bases;
    self->lengths[bases] = numbers;
    self->lengths[bases + 1] = whole;
    self->count = count / RECORD;
    for (Py_ssize_t i = 0; i < self->count; i++) {
        const int64_t *record = self->records + i * RECORD;
        const char *what = wrong(self, record);
        if (*what) {
            PyErr_Format(PyExc_ValueError, "Table: instruction %zd: %s", i, what);
            goto failed;
        }
        if (record[0] == MATMUL && SHAPE(record)[3] > longest) longest = SHAPE(record)[3];
    }
    self->packed = PyMem_Malloc(((size_t)longest + 1) * 16 * sizeof(double));
    if (!self->packed) {
        PyErr_NoMemory();
        goto failed;
    }
    return (PyObject *)self;
failed:
    Py_DECREF(self);
    return NULL;
}

static PyObject *Table_run(Table *self, PyObject *const *args, Py_ssize_t given)
{
    Py_buffer buffers[MOST_BASES];
    void *bases[MOST_BASES + 2];
    int held = 0;
    Py_ssize_t stopped = -1;
    if (given != self->bases)
        return PyErr_Format(PyExc_ValueError, "Table.run: %d buffers needed, not %zd", self->bases,
                            given);
    for (; held < self->bases; held++) {
        Py_buffer *buffer = &buffers[held];
        if (PyObject_GetBuffer(args[held], buffer, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS |
                               PyBUF_FORMAT) < 0)
            goto failed;
        const char *format = buffer->format ? buffer->format : "B";
        int fits = self->kinds[held] == 'd' ? !strcmp(format, "d")
                                            : !strcmp(format, "l") || !strcmp(format, "q");
        if (!fits || buffer->itemsize != 8 || buffer->len / 8 != self->lengths[held]) {
            PyErr_Format(PyExc_ValueError, "Table.run: buffer %d is of another length or type",
                         held);
            PyBuffer_Release(buffer);
            goto failed;
        }
        bases[held] = buffer->buf;
    }
    bases[held] = self->constants;
    bases[held + 1] = self->indices;
    Py_BEGIN_CRITICAL_SECTION(self);
    for (Py_ssize_t i = 0; i < self->count; i++)
        if (!perform(self, self->records + i * RECORD, bases)) {
            stopped = i;
            break;
        }
    Py_END_CRITICAL_SECTION();
    while (held) PyBuffer_Release(&buffers[--held]);
    return PyLong_FromSsize_t(stopped);
failed:
    while (held) PyBuffer_Release(&buffers[--held]);
    return NULL;
}

static PyMethodDef Table_methods[] = {
    {"run", (PyCFunction)(void (*)(void))Table_run, METH_FASTCALL,
     "run(*buffers): do it all; -1, or the number of the instruction whose indices led outside."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot Table_slots[] = {
    {Py_tp_doc, "Table(records, kinds, lengths, constants, indices): checked instructions."},
    {Py_tp_new, SLOT(Table_new)},
    {Py_tp_dealloc, SLOT(Table_dealloc)},
    {Py_tp_methods, Table_methods},
    {0, NULL}};

static PyType_Spec Table_spec = {"autograd.native.executor.Table", sizeof(Table), 0,
                                 Py_TPFLAGS_DEFAULT, Table_slots};

#include "lines.h"

static PyObject *use(PyObject *Py_UNUSED(module), PyObject *name)
{
    const char *text = PyUnicode_AsUTF8(name);
    if (!text) return NULL;
    if (!strcmp(text, "plain")) chosen = &machine_plain, chosen_name = "plain";
#ifdef SEVERAL
    else if (!strcmp(text, "avx2") && __builtin_cpu_supports("avx2") &&
             __builtin_cpu_supports("fma"))
        chosen = &machine_avx2, chosen_name = "avx2";
    else if (!strcmp(text, "avx512") && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma"))
        chosen = &machine_avx512, chosen_name = "avx512";
#endif
    return PyUnicode_FromString(chosen_name);
}

static PyMethodDef module_methods[] = {
    {"use", use, METH_O,
     "use(name): the loops for \"plain\", \"avx2\" or \"avx512\", if the processor has it; "
     "returns which are used."},
    {NULL, NULL, 0, NULL}};

static int execute(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&Table_spec), *codes = PyDict_New();
    if (!type || !codes || PyModule_AddObject(module, "Table", type) < 0) return -1;
    if (!(type = PyType_FromSpec(&Lines_spec)) || PyModule_AddObject(module, "Lines", type) < 0)
        return -1;
    for (int i = 0; i < OPERATIONS; i++) {
        PyObject *number = PyLong_FromLong(i);
        if (!number || PyDict_SetItemString(codes, NAMES[i], number) < 0) return -1;
        Py_DECREF(number);
    }
    if (PyModule_AddObject(module, "OPERATIONS", codes) < 0) return -1;
    static const char *const best[] = {"avx2", "avx512"};
    for (int i = 0; i < 2; i++) {
        PyObject *name = PyUnicode_FromString(best[i]);
        PyObject *used = name ? use(module, name) : NULL;
        Py_XDECREF(name);
        if (!used) return -1;
        Py_DECREF(used);
    }
    return 0;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, SLOT(execute)},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL}};

static struct PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT, "executor", "Runs tables of array operations.", 0, module_methods,
    module_slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_executor(void) { return PyModuleDef_Init(&module_definition); }
