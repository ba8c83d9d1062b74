// refwave_switch_stack(high, function, argument) for AArch64: x0, x1, x2. The frame pointer x29, which the
// called function preserves, remembers the caller's stack; the unwind notes let debuggers walk across.
asm(R"(
  .text
  .globl refwave_switch_stack
  .hidden refwave_switch_stack
  .type refwave_switch_stack, %function
refwave_switch_stack:
  .cfi_startproc
  stp x29, x30, [sp, #-16]!
  .cfi_def_cfa_offset 16
  .cfi_offset 29, -16
  .cfi_offset 30, -8
  mov x29, sp
  .cfi_def_cfa_register 29
  mov sp, x0
  mov x0, x2
  blr x1
  mov sp, x29
  ldp x29, x30, [sp], #16
  .cfi_def_cfa 31, 0
  .cfi_restore 30
  .cfi_restore 29
  ret
  .cfi_endproc
  .size refwave_switch_stack, . - refwave_switch_stack
)");
