using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Jobs.Feed.Confinement;

/// <summary>
/// System calls that no reader of files needs and that an attacker would want, refused for the thread and all that it executes:
/// <see href="https://docs.kernel.org/userspace-api/seccomp_filter.html"/>. Sockets of every kind first; then other processes, mounts, and
/// interfaces of the kernel that are known for their holes.
/// </summary>
internal static partial class SystemCallFilter
{
    // linux/prctl.h, linux/seccomp.h, linux/audit.h, linux/bpf_common.h
    private const int SetSeccomp = 22, FilterMode = 2;
    private const uint ArchX64 = 0xC000003E, ArchArm64 = 0xC00000B7;
    private const uint Allow = 0x7FFF0000, NotPermitted = 0x00050000 | 1;
    private const ushort LoadWord = 0x20, JumpIfEqual = 0x15, JumpIfAtLeast = 0x35, Return = 0x06;

    // The second set of numbers of x86-64, which would go around the list.
    private const uint OtherNumbersX64 = 0x40000000;

    // socket, connect, ptrace, process_vm_readv, process_vm_writev, mount, umount2, unshare, setns, pivot_root, chroot, bpf,
    // perf_event_open, add_key, request_key, keyctl, io_uring_setup, open_by_handle_at, pidfd_open, pidfd_getfd, userfaultfd, kexec_load,
    // init_module, finit_module, open_tree, move_mount, fsopen: the tables of arch/x86/entry/syscalls and
    // include/uapi/asm-generic/unistd.h.
    private static readonly uint[] RefusedX64 =
        [41, 42, 101, 310, 311, 165, 166, 272, 308, 155, 161, 321, 298, 248, 249, 250, 425, 304, 434, 438, 323, 246, 175, 313, 428, 429,
            430];

    private static readonly uint[] RefusedArm64 =
        [198, 203, 117, 270, 271, 40, 39, 97, 268, 41, 51, 280, 241, 217, 218, 219, 425, 265, 434, 438, 282, 104, 105, 273, 428, 429, 430];

    /// <summary>
    /// False where the kernel or the architecture allows no such filter. No new privileges must have been given up before.
    /// </summary>
    internal static unsafe bool Enforce()
    {
        var isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        if (!OperatingSystem.IsLinux() || (!isX64 && RuntimeInformation.ProcessArchitecture != Architecture.Arm64))
            return false;
        var program = Program(isX64 ? ArchX64 : ArchArm64, isX64 ? RefusedX64 : RefusedArm64, isX64);
        fixed (Instruction* first = program)
        {
            var filter = new Filter((ushort)program.Length, first);
            return prctl(SetSeccomp, FilterMode, (nint)(&filter), 0, 0) == 0;
        }
    }

    // struct seccomp_data: the number at 0, the architecture at 4.
    private static Instruction[] Program(uint architecture, uint[] refused, bool hasOtherNumbers)
    {
        var program = new List<Instruction>
        {
            new(LoadWord, 0, 0, 4),
            new(JumpIfEqual, 1, 0, architecture),
            new(Return, 0, 0, NotPermitted),
            new(LoadWord, 0, 0, 0),
        };
        if (hasOtherNumbers)
            program.AddRange([new(JumpIfAtLeast, 0, 1, OtherNumbersX64), new(Return, 0, 0, NotPermitted)]);
        foreach (var number in refused)
            program.AddRange([new(JumpIfEqual, 0, 1, number), new(Return, 0, 0, NotPermitted)]);
        program.Add(new(Return, 0, 0, Allow));
        return [.. program];
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nint first, nint second, nint third, nint fourth);

    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    private readonly unsafe struct Filter(ushort length, Instruction* first)
    {
        public readonly ushort Length = length;
        public readonly Instruction* First = first;
    }
}
