// The smallest useful C program: its executable's size and start are measured.
#include <stdio.h>

int main(void) {
    puts("hello, world");
}
