/* The exports of the drop-in winmm.dll on x86. Each jumps to its entry in dropin_targets with the stack unchanged: at first
   `first_call`, later the function itself, which pops its arguments. */

        .text
        .macro export index, name, bytes, server
        .globl _thunk_\index
_thunk_\index:
        movl $\index, %eax              /* for first_call; no argument is in eax */
        jmp *_dropin_targets+4*\index
        .endm
        .include "exports.inc"
        .purgem export

/* Gets the address of function eax from resolve_export and jumps there. */
first_call:
        pushl %eax
        call _resolve_export
        addl $4, %esp
        jmp *%eax

/* A function that the system's winmm lacks: pops its arguments and returns 0. */
        .irp bytes, 0, 4, 8, 12, 16, 20, 24, 28
absent_\bytes:
        xorl %eax, %eax
        ret $\bytes
        .endr

#define WORD .long
#define C(name) _##name
#define WAVE _\name\()@\bytes
#define ABSENT absent_\bytes
#include "inf/host/dropin/tables.inc"
