/* The memory of nodes that Python's cyclic garbage collector is not shown; see
   autograd/collector.py.

   They lie side by side in blocks, in the order in which they are made. A block is used again,
   from its start, when all its nodes are gone: each step of a training builds a graph as large
   as the one before. So neither the operating system nor a cache that jumps about is waited
   for, and a million nodes cost little more each than a thousand. Once nodes are to be shown,
   new ones lie where Python puts its objects: it counts them, to know when to collect. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BLOCK ((size_t)1 << 16) /* bytes: 585 nodes */
#define SPARE 4096              /* blocks without a node that are kept: 256 MiB */
#define OLDEST 2                /* the generation that a full collection visits */

typedef struct cell {
    struct block *block;   /* NULL while no node lies here */
    void *collector[2];    /* Python's words before an object; zeros while it is not shown */
    PyObject node;         /* and what follows it */
} Cell;

typedef struct block {
    struct block *next;       /* in `blocks` */
    struct block *next_roomy; /* in `roomy` */
    char *fresh;              /* the first cell that was not used yet */
    Cell *freed;              /* those that were, linked through `collector[0]` */
    size_t nodes;             /* that live here */
    int listed;               /* in `roomy` */
} Block;

static int hiding; /* whether new nodes are hidden: until they are shown, and then never again */
static int shown;
static PyTypeObject *node_type;
static freefunc free_elsewhere;       /* frees a node that lies in no block */
static PyObjectArenaAllocator arenas; /* where Python's own objects get their memory */
static size_t cell_size, first_cell;  /* bytes */
static Block *blocks;                 /* all */
static Block *roomy;                  /* those with room, but for the next */
static Block *current;                /* new nodes come here */
static size_t spare;                  /* how many blocks hold no node */

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
    block->next = blocks;
    blocks = block;
    spare++;
    return block;
}

static int
is_full(const Block *block)
{
    return block->freed == NULL && block->fresh + cell_size > (const char *)block + BLOCK;
}

static void
list_as_roomy(Block *block)
{
    block->listed = 1;
    block->next_roomy = roomy;
    roomy = block;
}

static Cell *
take_cell(void)
{
    Cell *cell;

    if (current == NULL || is_full(current)) {
        current = roomy;
        if (current != NULL) {
            roomy = current->next_roomy;
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
    }
    cell->block = current;
    if (current->nodes++ == 0)
        spare--;
    return cell;
}

/* Give the memory of blocks without a node back to where it came from. */
static void
free_spare(void)
{
    Block **place = &blocks;

    current = roomy = NULL;
    while (*place != NULL) {
        Block *block = *place;
        if (block->nodes > 0) {
            block->listed = 0;
            if (!is_full(block))
                list_as_roomy(block);
            place = &block->next;
        }
        else {
            *place = block->next;
            (void)PyTraceMalloc_Untrack(0, (uintptr_t)block);
            arenas.free(arenas.ctx, block, BLOCK);
        }
    }
    spare = 0;
}

static void
give_cell(Cell *cell)
{
    Block *block = cell->block;

    cell->block = NULL;
    cell->collector[0] = block->freed;
    block->freed = cell;
    if (block != current && !block->listed)
        list_as_roomy(block);
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
    Cell *cell;

    if (!hiding || type != node_type)
        return PyType_GenericAlloc(type, items);
    cell = take_cell();
    if (cell == NULL)
        return PyErr_NoMemory();
    memset(cell->collector, 0, cell_size - offsetof(Cell, collector));
    return PyObject_Init(&cell->node, type);
}

static void
end(void *node)
{
    if (is_in_cell(node))
        give_cell((Cell *)((char *)node - offsetof(Cell, node)));
    else
        free_elsewhere(node);
}

static void
show(PyObject *node)
{
    if (!PyObject_GC_IsTracked(node))
        PyObject_GC_Track(node);
}

static void
show_all(void)
{
    for (Block *block = blocks; block != NULL; block = block->next)
        for (char *at = (char *)block + first_cell; at < block->fresh; at += cell_size)
            if (((Cell *)at)->block != NULL)
                show(&((Cell *)at)->node);
}

/* --- for Python ----------------------------------------------------------------------- */

static PyObject *
hide_new(PyObject *module, PyObject *arguments)
{
    PyTypeObject *type;
    Py_ssize_t before;

    (void)module;
    if (!PyArg_ParseTuple(arguments, "O!n", &PyType_Type, &type, &before))
        return NULL;
#if UINTPTR_MAX > 0xffffffff && !defined(Py_GIL_DISABLED)
    if (node_type == NULL && PyType_IS_GC(type) && type->tp_free == PyObject_GC_Del &&
        before == sizeof(((Cell *)NULL)->collector)) {
        node_type = (PyTypeObject *)Py_NewRef(type); /* no other may come to lie there */
        free_elsewhere = type->tp_free;
        type->tp_alloc = make;
        type->tp_free = end;
        PyObject_GetArenaAllocator(&arenas);
        cell_size = (offsetof(Cell, node) + (size_t)type->tp_basicsize + 15) / 16 * 16;
        first_cell = (sizeof(Block) + 15) / 16 * 16;
    }
#endif
    hiding = type == node_type && !shown;
    return PyBool_FromLong(hiding);
}

static PyObject *
show_new(PyObject *module, PyObject *ignored)
{
    (void)module, (void)ignored;
    if (hiding)
        show_all();
    hiding = 0;
    shown = 1;
    Py_RETURN_NONE;
}

static PyObject *
count_blocks(PyObject *module, PyObject *ignored)
{
    Py_ssize_t count = 0;

    (void)module, (void)ignored;
    for (Block *block = blocks; block != NULL; block = block->next)
        count++;
    return Py_BuildValue("nn", count, (Py_ssize_t)spare);
}

static PyObject *
free_blocks(PyObject *module, PyObject *ignored)
{
    (void)module, (void)ignored;
    free_spare();
    Py_RETURN_NONE;
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
    {"hide_new", hide_new, METH_VARARGS,
     "hide_new(type, words) -> whether new objects of this type are hidden from now on, in blocks,\n"
     "until show_new(). `words`: bytes that Python keeps before such an object, for the collector."},
    {"show_new", show_new, METH_NOARGS, "show_new(): from now on, for good, the collector sees all."},
    {"blocks", count_blocks, METH_NOARGS,
     "blocks() -> how many there are, and how many hold no object."},
    {"free_blocks", free_blocks, METH_NOARGS, "free_blocks(): give those back that hold none."},
    {"after_collection", after_collection, METH_VARARGS,
     "after_collection(phase, info): for gc.callbacks; a full one does that, too."},
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
    "The memory of nodes that Python's cyclic garbage collector is not shown.",
    0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit_nodes(void)
{
    return PyModuleDef_Init(&definition);
}
