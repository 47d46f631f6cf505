/* A document is first read into a tree of small nodes that know one another by number, then written
 * from the outside in.
 * SPDX-License-Identifier: MIT */
#include "xml.h"
#include "json_text.h"
#include "memory.h"

#include <expat.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    DEPTH_MAX = 64,  /* elements within one another; AWS's answers have up to 12 */
    NAMES_MAX = 1024 /* different names; a whole service's answers have fewer */
};

/* ------------------------------------------------------------------- memory */

/* expat keeps names and text in blocks of its own, and answers hold keys: each block knows its size
 * and is wiped when it is freed. */
struct block {
    size_t size;
    max_align_t bytes[];
};

static void *take(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *block = malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    return block->bytes;
}

static struct block *block_of(void *bytes)
{
    return (struct block *)((char *)bytes - offsetof(struct block, bytes));
}

static void give(void *bytes)
{
    if (bytes == NULL)
        return;
    struct block *block = block_of(bytes);
    brc__wipe(bytes, block->size);
    free(block);
}

static void *retake(void *bytes, size_t size)
{
    void *other = take(size);

    if (bytes == NULL || other == NULL)
        return other;
    size_t before = block_of(bytes)->size;
    memcpy(other, bytes, before < size ? before : size);
    give(bytes);
    return other;
}

static const XML_Memory_Handling_Suite wiping_memory = {take, retake, give};

static void free_parser(XML_Parser *parser)
{
    XML_ParserFree(*parser);
}
#define auto_parser brc__cleanup(free_parser)

/* --------------------------------------------------------------------- tree */

/* Numbers of nodes and names; 0 is none. */
typedef uint32_t number;

struct node {
    number parent;
    number first, last; /* child */
    number next;        /* sibling */
    number same;        /* next sibling of the same name */
    number name;
    bool is_repeated; /* an earlier sibling has the same name */
    bool is_mixed;    /* has children of more than one name */
    uint32_t text, text_length;
};

struct name {
    uint32_t offset, length;
    uint32_t hash;
    number parent, last; /* whose children were looked at last, and the last of this name */
};

struct tree {
    struct brc__buf nodes; /* of struct node */
    struct brc__buf texts; /* text of elements, and names */
    struct name names[NAMES_MAX + 1];
    number name_count;
    number open; /* the element that has not ended */
    int depth;
    int code;          /* why reading was stopped; 0: it was not */
    const char *why;   /* in words */
    XML_Parser parser; /* lent */
};

static struct node *node_at(const struct tree *tree, number n)
{
    return (struct node *)(void *)tree->nodes.data + n;
}

/* Nothing more is read; the first reason stays. */
static void stop(struct tree *tree, int code, const char *why)
{
    if (tree->code < 0)
        return;
    tree->code = code;
    tree->why = why;
    XML_StopParser(tree->parser, XML_FALSE);
}

static uint32_t hash_of(const char *text, size_t n)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

/* The number of a name, which is new or has been seen before; 0 if there is no room. */
static number name_of(struct tree *tree, const char *text, size_t n)
{
    uint32_t hash = hash_of(text, n);

    for (number i = 1; i <= tree->name_count; i++)
        if (tree->names[i].hash == hash && tree->names[i].length == n &&
            memcmp(tree->texts.data + tree->names[i].offset, text, n) == 0)
            return i;
    if (tree->name_count == NAMES_MAX) {
        stop(tree, BRC_E_TOO_LARGE, "has too many different names");
        return 0;
    }
    tree->names[++tree->name_count] =
        (struct name){.offset = (uint32_t)tree->texts.length, .length = (uint32_t)n, .hash = hash};
    brc__buf_append(&tree->texts, text, n);
    return tree->name_count;
}

/* Hangs a node, which is the last of all, below the open one. */
static void hang(struct tree *tree, number n)
{
    struct node *parent = node_at(tree, tree->open);

    if (parent->first == 0) {
        parent->first = n;
        parent->text_length = 0; /* it was text beside elements */
    } else {
        node_at(tree, parent->last)->next = n;
        parent->is_mixed |= node_at(tree, parent->last)->name != node_at(tree, n)->name;
    }
    parent->last = n;
}

/* Links the children that have the same name, once all of them are there: in between, their own
 * children may have that name. */
static void link_same(struct tree *tree, number parent)
{
    for (number n = node_at(tree, parent)->first; n != 0; n = node_at(tree, n)->next) {
        struct node *node = node_at(tree, n);
        struct name *name = &tree->names[node->name];
        if (name->parent == parent) {
            node_at(tree, name->last)->same = n;
            node->is_repeated = true;
        }
        name->parent = parent;
        name->last = n;
    }
}

static void XMLCALL on_start(void *user_data, const XML_Char *name, const XML_Char **attributes)
{
    struct tree *tree = user_data;
    const char *colon = strrchr(name, ':');
    number n = (number)(tree->nodes.length / sizeof(struct node));

    (void)attributes;
    if (tree->code < 0)
        return;
    if (tree->depth == DEPTH_MAX) {
        stop(tree, BRC_E_TOO_LARGE, "is nested too deeply");
        return;
    }
    name = colon == NULL ? name : colon + 1;
    struct node node = {.parent = tree->open, .name = name_of(tree, name, strlen(name))};
    node.text = (uint32_t)tree->texts.length;
    int rc = brc__buf_append(&tree->nodes, &node, sizeof node);
    if (rc == 0)
        rc = tree->texts.status;
    if (rc < 0 || node.name == 0) {
        stop(tree, rc, NULL);
        return;
    }
    hang(tree, n);
    tree->open = n;
    tree->depth++;
}

static void XMLCALL on_end(void *user_data, const XML_Char *name)
{
    struct tree *tree = user_data;

    (void)name;
    if (tree->code < 0)
        return;
    link_same(tree, tree->open);
    tree->open = node_at(tree, tree->open)->parent;
    tree->depth--;
}

static void XMLCALL on_text(void *user_data, const XML_Char *text, int n)
{
    struct tree *tree = user_data;

    if (tree->code < 0)
        return;
    struct node *node = node_at(tree, tree->open);
    if (node->first != 0)
        return;
    if (brc__buf_append(&tree->texts, text, (size_t)n) < 0)
        stop(tree, tree->texts.status, NULL);
    else
        node->text_length += (uint32_t)n;
}

static void XMLCALL on_doctype(void *user_data, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int has_internal_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_internal_subset;
    stop(user_data, BRC_E_PROTOCOL, "has a DOCTYPE, which no answer of AWS has");
}

/* ------------------------------------------------------------------ writing */

static bool is_list(const struct tree *tree, const struct node *node)
{
    static const char *const names[] = {"member", "entry", "item"};

    if (node->first == 0 || node->is_mixed)
        return false;
    const struct name *name = &tree->names[node_at(tree, node->first)->name];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == name->length &&
            memcmp(tree->texts.data + name->offset, names[i], name->length) == 0)
            return true;
    return false;
}

static void put_value(const struct tree *tree, const struct node *node, struct brc__buf *to);

/* A node and its siblings of the same name. */
static void put_list(const struct tree *tree, number first, struct brc__buf *to)
{
    const char *before = "[";

    for (number n = first; n != 0; n = node_at(tree, n)->same) {
        brc__buf_text(to, before);
        put_value(tree, node_at(tree, n), to);
        before = ",";
    }
    brc__buf_text(to, "]");
}

static void put_object(const struct tree *tree, number first, struct brc__buf *to)
{
    const char *before = "{";

    for (number n = first; n != 0; n = node_at(tree, n)->next) {
        const struct node *node = node_at(tree, n);
        const struct name *name = &tree->names[node->name];
        if (node->is_repeated)
            continue;
        brc__buf_text(to, before);
        brc__json_quote(to, tree->texts.data + name->offset, name->length);
        brc__buf_text(to, ":");
        if (node->same != 0)
            put_list(tree, n, to);
        else
            put_value(tree, node, to);
        before = ",";
    }
    brc__buf_text(to, "}");
}

static void put_value(const struct tree *tree, const struct node *node, struct brc__buf *to)
{
    if (node->first == 0)
        brc__json_quote(to, tree->texts.data + node->text, node->text_length);
    else if (is_list(tree, node))
        put_list(tree, node->first, to);
    else
        put_object(tree, node->first, to);
}

/* ------------------------------------------------------------------ reading */

static int unreadable(struct brc__error *error, int code, const char *what, const char *why)
{
    if (why == NULL)
        return brc__error_set(error, code, "%s", brc_strerror(code));
    return brc__error_set(error, code, "%s %s", what, why);
}

static int read_document(struct tree *tree, const char *xml, size_t n, const char *what,
                         struct brc__error *error)
{
    auto_parser XML_Parser parser = XML_ParserCreate_MM("UTF-8", &wiping_memory, NULL);

    if (parser == NULL)
        return unreadable(error, BRC_E_NOMEM, what, NULL);
    tree->parser = parser;
    XML_SetUserData(parser, tree);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    enum XML_Status status = XML_Parse(parser, xml, (int)n, XML_TRUE);
    if (tree->code < 0)
        return unreadable(error, tree->code, what, tree->why);
    if (status == XML_STATUS_OK)
        return BRC_OK;
    enum XML_Error reason = XML_GetErrorCode(parser);
    if (reason == XML_ERROR_NO_MEMORY)
        return unreadable(error, BRC_E_NOMEM, what, NULL);
    return brc__error_set(error, BRC_E_PROTOCOL, "%s is not XML: %s (line %lu, column %lu)", what,
                          XML_ErrorString(reason), XML_GetCurrentLineNumber(parser),
                          XML_GetCurrentColumnNumber(parser));
}

static void free_tree(struct tree **tree)
{
    if (*tree == NULL)
        return;
    brc__buf_free(&(*tree)->nodes);
    brc__buf_free(&(*tree)->texts);
    free(*tree);
}
#define auto_tree brc__cleanup(free_tree)

/* Nodes are kept in a buffer of bytes, which malloc() aligns for anything. Node 0 stands for the
 * document. */
static struct tree *new_tree(void)
{
    const struct node document = {0};
    struct tree *tree = calloc(1, sizeof *tree);

    if (tree == NULL)
        return NULL;
    tree->nodes = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    tree->texts = BRC__SECRET_BUF(BRC__CEILING_ANSWER);
    brc__buf_reserve(&tree->texts, 1);
    brc__buf_append(&tree->nodes, &document, sizeof document);
    return tree;
}

int brc__xml_to_json(const char *xml, size_t n, const char *what, struct brc__buf *to,
                     struct brc__error *error)
{
    size_t before = to->length;

    if (n > BRC__CEILING_XML)
        return unreadable(error, BRC_E_TOO_LARGE, what, "is too large");
    if (n > 0 && memchr(xml, '\0', n) != NULL) /* expat takes it for UTF-16 */
        return unreadable(error, BRC_E_PROTOCOL, what, "has a NUL byte");
    auto_tree struct tree *tree = new_tree();
    if (tree == NULL || tree->nodes.status < 0 || tree->texts.status < 0)
        return unreadable(error, BRC_E_NOMEM, what, NULL);
    int rc = read_document(tree, xml, n, what, error);
    if (rc < 0)
        return rc;
    put_object(tree, node_at(tree, 0)->first, to);
    rc = to->status;
    if (rc < 0) {
        brc__buf_truncate(to, before);
        return unreadable(error, rc, what, NULL);
    }
    return BRC_OK;
}
