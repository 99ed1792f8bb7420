// What a libc brings for setjmp and longjmp, as clang lowers them: the tag of jumps, and three functions.
#include <stdint.h>

typedef struct {
    void *invocation;
    uint32_t label;
    struct { void *env; int value; } thrown;
} jmp_buf[1];

__asm__(".globl __c_longjmp\n.tagtype __c_longjmp i32\n__c_longjmp:\n");

void __wasm_setjmp(void *env, uint32_t label, void *invocation) {
    ((jmp_buf *)env)[0]->invocation = invocation;
    ((jmp_buf *)env)[0]->label = label;
}

uint32_t __wasm_setjmp_test(void *env, void *invocation) {
    return ((jmp_buf *)env)[0]->invocation == invocation ? ((jmp_buf *)env)[0]->label : 0;
}

void __wasm_longjmp(void *env, int value) {
    ((jmp_buf *)env)[0]->thrown.env = env;
    ((jmp_buf *)env)[0]->thrown.value = value ? value : 1;
    __builtin_wasm_throw(1, &((jmp_buf *)env)[0]->thrown);
}

