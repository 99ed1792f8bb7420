// Parsing: a JSON document into a tree of values, then printed back and checked.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { NIL, TRUE, FALSE, NUMBER, STRING, ARRAY, OBJECT };
struct value {
    enum kind kind;
    double number;
    char *string, *key;
    struct value *child, *next;
};

static char *in, *out;

static void space(void) { while (*in == ' ' || *in == '\n' || *in == '\t' || *in == '\r') in++; }

static char *string(void) {
    char *begin = ++in;
    while (*in != '"') in += *in == '\\' ? 2 : 1;
    char *s = malloc(in - begin + 1), *o = s;
    for (char *p = begin; p < in; p++) {
        if (*p == '\\') {
            p++;
            *o++ = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
        } else *o++ = *p;
    }
    *o = 0, in++;
    return s;
}

static struct value *value(void) {
    struct value *v = calloc(1, sizeof *v);
    space();
    char c = *in;
    if (c == '{' || c == '[') {
        char end = c == '{' ? '}' : ']';
        v->kind = c == '{' ? OBJECT : ARRAY;
        struct value **tail = &v->child;
        in++, space();
        while (*in != end) {
            char *key = 0;
            if (c == '{') space(), key = string(), space(), in++;
            *tail = value(), (*tail)->key = key, tail = &(*tail)->next;
            space();
            if (*in == ',') in++, space();
        }
        in++;
    } else if (c == '"') v->kind = STRING, v->string = string();
    else if (c == 't') v->kind = TRUE, in += 4;
    else if (c == 'f') v->kind = FALSE, in += 5;
    else if (c == 'n') v->kind = NIL, in += 4;
    else v->kind = NUMBER, v->number = strtod(in, &in);
    return v;
}

static void quote(const char *s) {
    *out++ = '"';
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') *out++ = '\\', *out++ = *s;
        else if (*s == '\n') *out++ = '\\', *out++ = 'n';
        else *out++ = *s;
    }
    *out++ = '"';
}

static void print(const struct value *v) {
    switch (v->kind) {
    case NIL: out = stpcpy(out, "null"); break;
    case TRUE: out = stpcpy(out, "true"); break;
    case FALSE: out = stpcpy(out, "false"); break;
    case NUMBER: out += sprintf(out, "%g", v->number); break;
    case STRING: quote(v->string); break;
    default:
        *out++ = v->kind == OBJECT ? '{' : '[';
        for (struct value *c = v->child; c; c = c->next) {
            if (c != v->child) *out++ = ',';
            if (c->key) quote(c->key), *out++ = ':';
            print(c);
        }
        *out++ = v->kind == OBJECT ? '}' : ']';
    }
}

static void release(struct value *v) {
    while (v) {
        struct value *next = v->next;
        release(v->child);
        free(v->string), free(v->key), free(v);
        v = next;
    }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 180;
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE), *copy = malloc(SIZE), *p = text;
    p = stpcpy(p, "[");
    for (int i = 0; i < 4000; i++)
        p += sprintf(p, "%s{\"id\":%d,\"name\":\"user \\\"%d\\\"\",\"score\":%d.%d,\"tags\":[\"a\",\"long tag\",null],\"ok\":%s}",
                     i ? "," : "", i, i * 7, i % 100, i % 9 + 1, i % 3 ? "true" : "false");
    stpcpy(p, "]");
    unsigned sum = 0;
    for (int round = 0; round < rounds; round++) {
        in = text, out = copy;
        struct value *v = value();
        print(v);
        *out = 0;
        release(v);
        if (strcmp(text, copy)) return puts("mismatch"), 1;
        sum += out - copy;
    }
    printf("%u bytes\n", sum);
}
