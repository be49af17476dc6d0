/* Nodes that Python's cyclic garbage collector does not visit; see autograd/collector.py. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static int showing; /* whether new nodes are shown to the collector */

static PyObject *
allocate(PyTypeObject *type, Py_ssize_t items)
{
    PyObject *self = PyType_GenericAlloc(type, items);
    if (self != NULL && !showing)
        PyObject_GC_UnTrack(self);
    return self;
}

static PyObject *
hide_new(PyObject *module, PyObject *type)
{
    (void)module;
    if (!PyType_Check(type) || !PyType_IS_GC((PyTypeObject *)type) ||
        !PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_HEAPTYPE)) {
        PyErr_SetString(PyExc_TypeError,
                        "hide_new(type): a class that the collector looks at is needed");
        return NULL;
    }
    ((PyTypeObject *)type)->tp_alloc = allocate;
    showing = 0;
    Py_RETURN_NONE;
}

static PyObject *
show_new(PyObject *module, PyObject *ignored)
{
    (void)module, (void)ignored;
    showing = 1;
    Py_RETURN_NONE;
}

static PyObject *
show(PyObject *module, PyObject *object)
{
    (void)module;
    if (PyObject_IS_GC(object) && !PyObject_GC_IsTracked(object))
        PyObject_GC_Track(object);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"hide_new", hide_new, METH_O,
     "hide_new(type): from now on, new objects of this type are not shown to the collector."},
    {"show_new", show_new, METH_NOARGS, "show_new(): from now on, they are."},
    {"show", show, METH_O, "show(object): this one is."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED}, /* else an import would bring the global lock back */
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "collector",
    "Nodes that Python's cyclic garbage collector does not visit.", 0, functions,
    slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit_collector(void)
{
    return PyModuleDef_Init(&definition);
}
