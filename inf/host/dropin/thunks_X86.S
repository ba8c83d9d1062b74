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

        .data
        .balign 4
        .globl _dropin_targets
_dropin_targets:
        .macro export index, name, bytes, server
        .long first_call
        .endm
        .include "exports.inc"
        .purgem export

        .section .rdata, "dr"
        .balign 4
        .globl _dropin_exports          /* an array of Export, as resolve.cpp has it */
_dropin_exports:
        .macro export index, name, bytes, server
        .long name_\index
        .ifc \server, refwave
        .long _\name\()@\bytes
        .else
        .long 0
        .endif
        .long absent_\bytes
        .endm
        .include "exports.inc"
        .purgem export

        .macro export index, name, bytes, server
name_\index:
        .asciz "\name"
        .endm
        .include "exports.inc"
