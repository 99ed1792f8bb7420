// The tag of C++ exceptions, which libunwind declares in assembly only for position-independent code.
__asm__(".globl __cpp_exception\n.tagtype __cpp_exception i32\n__cpp_exception:\n");
