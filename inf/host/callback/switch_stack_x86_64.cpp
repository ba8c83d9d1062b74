// refwave_switch_stack(high, function, argument) for x86-64, System V calling convention: rdi, rsi, rdx. rbp,
// which the called function preserves, remembers the caller's stack; the unwind notes let debuggers walk
// across.
asm(R"(
  .text
  .globl refwave_switch_stack
  .hidden refwave_switch_stack
  .type refwave_switch_stack, @function
refwave_switch_stack:
  .cfi_startproc
  endbr64
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  movq %rdi, %rsp
  movq %rdx, %rdi
  callq *%rsi
  movq %rbp, %rsp
  popq %rbp
  .cfi_def_cfa %rsp, 8
  ret
  .cfi_endproc
  .size refwave_switch_stack, . - refwave_switch_stack
)");
