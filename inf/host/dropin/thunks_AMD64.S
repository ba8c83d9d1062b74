/* The exports of the drop-in winmm.dll on x64. Each jumps to its entry in dropin_targets with registers and stack
   unchanged: at first `first_call`, later the function itself. */

        .text
        .macro export index, name, bytes, server
        .globl thunk_\index
thunk_\index:
        movl $\index, %eax              /* for first_call; no argument is in eax */
        jmp *dropin_targets+8*\index(%rip)
        .endm
        .include "exports.inc"
        .purgem export

/* Gets the address of function eax from resolve_export and jumps there with the registers' arguments. */
        .seh_proc first_call
first_call:
        subq $0x88, %rsp                /* 32 bytes for the callee, the arguments, alignment */
        .seh_stackalloc 0x88
        .seh_endprologue
        movaps %xmm0, 0x20(%rsp)
        movaps %xmm1, 0x30(%rsp)
        movaps %xmm2, 0x40(%rsp)
        movaps %xmm3, 0x50(%rsp)
        movq %rcx, 0x60(%rsp)
        movq %rdx, 0x68(%rsp)
        movq %r8, 0x70(%rsp)
        movq %r9, 0x78(%rsp)
        movl %eax, %ecx
        call resolve_export
        movaps 0x20(%rsp), %xmm0
        movaps 0x30(%rsp), %xmm1
        movaps 0x40(%rsp), %xmm2
        movaps 0x50(%rsp), %xmm3
        movq 0x60(%rsp), %rcx
        movq 0x68(%rsp), %rdx
        movq 0x70(%rsp), %r8
        movq 0x78(%rsp), %r9
        addq $0x88, %rsp
        jmp *%rax
        .seh_endproc

/* A function that the system's winmm lacks: returns 0. */
absent:
        xorl %eax, %eax
        ret

#define WORD .quad
#define C(name) name
#define WAVE \name
#define ABSENT absent
#include "inf/host/dropin/tables.inc"
