/* How nodes get their memory, and when Python's cyclic garbage collector sees them; see
   autograd/collector.py.

   Nodes that the collector is not shown lie side by side in blocks, in the order in which they
   are made. A block is used again, from its start, when all its nodes are gone: each step of
   a training builds a graph as large as the one before. So neither the operating system nor
   a cache that jumps about is waited for, and a million nodes cost little more each than a
   thousand. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BLOCK ((size_t)1 << 16) /* bytes: 585 nodes */
#define SPARE 4096              /* blocks without a node that are kept: 256 MiB */
#define OLDEST 2                /* the generation that a full collection visits */

typedef struct cell {
    struct block *block;
    void *collector[2];    /* Python's words before an object; zeros while it is not shown */
    PyObject node;         /* and what follows it */
} Cell;

typedef struct block {
    struct block *next;    /* in `roomy` */
    char *fresh;           /* the first cell that was not used yet */
    Cell *freed;           /* those that were, linked through `collector[0]` */
    size_t nodes;          /* that live here */
    int listed;            /* in `roomy` */
} Block;

static int showing; /* whether new nodes are shown to the collector: once, then for good */
static PyTypeObject *node_type;
static freefunc free_elsewhere;       /* frees a node that lies in no block */
static PyObjectArenaAllocator arenas; /* where Python's own objects get their memory */
static size_t cell_size, first_cell;  /* bytes; 0: no blocks are used */
static Block *current;                /* new nodes come here */
static Block *roomy;                  /* other blocks with room */
static size_t all, spare;             /* how many blocks there are, and how many without a node */

/* --- blocks --------------------------------------------------------------------------- */

static Block *
new_block(void)
{
    Block *block = arenas.alloc(arenas.ctx, BLOCK);
    if (block == NULL)
        return NULL;
    (void)PyTraceMalloc_Track(0, (uintptr_t)block, BLOCK);
    memset(block, 0, sizeof *block);
    block->fresh = (char *)block + first_cell;
    all++;
    spare++;
    return block;
}

static int
is_full(const Block *block)
{
    return block->freed == NULL && block->fresh + cell_size > (const char *)block + BLOCK;
}

static void
list(Block *block)
{
    block->listed = 1;
    block->next = roomy;
    roomy = block;
}

static Cell *
take_cell(void)
{
    Cell *cell;

    if (current == NULL || is_full(current)) {
        current = roomy;
        if (current != NULL) {
            roomy = current->next;
            current->listed = 0;
        }
        else if ((current = new_block()) == NULL) {
            return NULL;
        }
    }
    cell = current->freed;
    if (cell != NULL) {
        current->freed = cell->collector[0];
    }
    else {
        cell = (Cell *)current->fresh;
        current->fresh += cell_size;
        cell->block = current;
    }
    if (current->nodes++ == 0)
        spare--;
    return cell;
}

/* Give the memory of blocks without a node back to where it came from. */
static void
free_spare(void)
{
    Block **place = &roomy;

    if (current != NULL && !is_full(current))
        list(current);
    current = NULL;
    while (*place != NULL) {
        Block *block = *place;
        if (block->nodes > 0) {
            place = &block->next;
            continue;
        }
        *place = block->next;
        (void)PyTraceMalloc_Untrack(0, (uintptr_t)block);
        arenas.free(arenas.ctx, block, BLOCK);
        all--;
    }
    spare = 0;
}

static void
give_cell(Cell *cell)
{
    Block *block = cell->block;

    cell->collector[0] = block->freed;
    block->freed = cell;
    if (block != current && !block->listed)
        list(block);
    if (--block->nodes == 0) { /* in order again */
        block->freed = NULL;
        block->fresh = (char *)block + first_cell;
        if (++spare > SPARE)
            free_spare();
    }
}

/* --- nodes ---------------------------------------------------------------------------- */

/* Python aligns its objects to 16 bytes, and a cell, of three words before the node, does not. */
static int
is_in_cell(const void *node)
{
    return ((uintptr_t)node & 8) != 0;
}

static PyObject *
make(PyTypeObject *type, Py_ssize_t items)
{
    PyObject *node;

    if (cell_size > 0 && !showing && type == node_type) {
        Cell *cell = take_cell();
        if (cell == NULL)
            return PyErr_NoMemory();
        memset(cell->collector, 0, cell_size - offsetof(Cell, collector));
        return PyObject_Init(&cell->node, type);
    }
    node = PyType_GenericAlloc(type, items);
    if (node != NULL && !showing)
        PyObject_GC_UnTrack(node);
    return node;
}

static void
end(void *node)
{
    if (cell_size > 0 && is_in_cell(node))
        give_cell((Cell *)((char *)node - offsetof(Cell, node)));
    else
        free_elsewhere(node);
}

/* --- for Python ----------------------------------------------------------------------- */

static PyObject *
hide_new(PyObject *module, PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;

    (void)module;
    if (!PyType_Check(object) || !PyType_IS_GC(type) ||
        !PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) {
        PyErr_SetString(PyExc_TypeError,
                        "hide_new(type): a class that the collector looks at is needed");
        return NULL;
    }
    type->tp_alloc = make;
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
/* From now on, what is hidden lies in blocks, where Python's objects are as they were when this
   was written: two words, for the collector, before them (the second argument), and the lock. */
static PyObject *
use_blocks(PyObject *module, PyObject *arguments)
{
    PyTypeObject *type;
    Py_ssize_t before;

    (void)module;
    if (!PyArg_ParseTuple(arguments, "O!n", &PyType_Type, &type, &before))
        return NULL;
#if UINTPTR_MAX > 0xffffffff && !defined(Py_GIL_DISABLED)
    if (before == sizeof(((Cell *)NULL)->collector) && type->tp_alloc == make && node_type == NULL) {
        node_type = (PyTypeObject *)Py_NewRef(type); /* no other may come to lie there */
        free_elsewhere = type->tp_free;
        type->tp_free = end;
        PyObject_GetArenaAllocator(&arenas);
        cell_size = (offsetof(Cell, node) + (size_t)type->tp_basicsize + 15) / 16 * 16;
        first_cell = (sizeof(Block) + 15) / 16 * 16;
    }
#endif
    return PyBool_FromLong(type == node_type);
}

static PyObject *
blocks(PyObject *module, PyObject *ignored)
{
    (void)module, (void)ignored;
    return Py_BuildValue("nn", (Py_ssize_t)all, (Py_ssize_t)spare);
}

/* In C, because what a callback of the collector raises is lost. A function in Python would
   first of all raise KeyboardInterrupt, if the user pressed Ctrl-C during the collection. */
static PyObject *
after_collection(PyObject *module, PyObject *arguments)
{
    const char *phase;
    PyObject *info, *generation;

    (void)module;
    if (!PyArg_ParseTuple(arguments, "sO!", &phase, &PyDict_Type, &info))
        return NULL;
    generation = PyDict_GetItemString(info, "generation");
    if (strcmp(phase, "stop") == 0 && generation != NULL && PyLong_AsLong(generation) >= OLDEST)
        free_spare();
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef functions[] = {
    {"hide_new", hide_new, METH_O,
     "hide_new(type): new objects of this type are not shown to the collector until show_new()."},
    {"show_new", show_new, METH_NOARGS, "show_new(): from now on, for good, they are."},
    {"show", show, METH_O, "show(object): this one is."},
    {"use_blocks", use_blocks, METH_VARARGS,
     "use_blocks(type, bytes_before): what is hidden lies in blocks from now on; False if it cannot."},
    {"blocks", blocks, METH_NOARGS, "blocks() -> how many there are, and how many hold no object."},
    {"after_collection", after_collection, METH_VARARGS,
     "after_collection(phase, info): for gc.callbacks; a full one gives empty blocks back."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED}, /* else an import would bring the global lock back */
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "nodes",
    "How nodes get their memory, and when Python's cyclic garbage collector sees them.",
    0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit_nodes(void)
{
    return PyModuleDef_Init(&definition);
}
