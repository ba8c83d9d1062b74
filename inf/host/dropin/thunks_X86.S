/* The exports of the drop-in winmm.dll on x86. Each jumps to where its entry of dropin_targets says, with the stack as its
   caller left it: at first to `first_call`, from then on to the function itself, which takes its arguments off. */

        .text
        .macro export index, name, bytes, server
        .globl _thunk_\index
_thunk_\index:
        movl $\index, %eax              /* for first_call; no argument is in eax */
        jmp *_dropin_targets+4*\index
        .endm
        .include "exports.inc"
        .purgem export

/* Asks resolve_export for the address of function eax and goes on there. */
first_call:
        pushl %eax
        call _resolve_export
        addl $4, %esp
        jmp *%eax

/* What the system's winmm does not have: takes its arguments off and answers 0. */
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
