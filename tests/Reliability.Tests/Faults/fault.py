"""Runs a program and does something to it at its n-th system call on certain files.

    fault.py --under PATH... [--calls GROUP,...] [--at N | --from N | --odd] [--do ACTION] [--log FILE] [--pause FILE] -- PROGRAM ARGUMENT...

Counts the calls of all threads together, in the order in which they are made, and only those on files at or below one of the PATHs,
nameless and deleted ones included. strace counts each thread and each kind of call apart, and cannot make a call do less than was asked.

ACTION is one of
    none         only count
    kill         SIGKILL before the call: it is not made
    tear         half of the bytes are written, then SIGKILL (of calls that write nothing: made, then SIGKILL)
    E...         the call fails with this error, and is not made
    short        the kernel is asked for half of the bytes, and returns that count
    INT, TERM    the signal before the call, which is held back for a while so that the program can take notice
    INT+INT ...  as before, and another one during the call
    pause        the call is held back from when FILE appears until it is gone again

The log has a line for each call, and as its last one "calls N fired N". Ends as the program ends, 128 + n if by signal n.
x86-64 only: the count of a call is in a register.
"""

import argparse
import ctypes
import errno
import os
import signal
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long

PTRACE_CONT, PTRACE_GETREGS, PTRACE_SETREGS, PTRACE_SYSCALL = 7, 12, 13, 24
PTRACE_SEIZE, PTRACE_LISTEN = 0x4206, 0x4208
EVENT_SECCOMP, EVENT_STOP = 7, 128
OPTIONS = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x80 | 0x100000  # syscall stops told apart, fork, vfork, clone, exec, seccomp, exit-kill
WAIT_ALL = 0x40000000

# Number, and where the file is: an argument that is a descriptor, or one that is a path, perhaps after the descriptor of a directory.
DESCRIPTOR, PATH, PATH_AT, NEW_PATH, NEW_PATH_AT = range(5)
CALLS = {
    "read": (0, DESCRIPTOR), "pread64": (17, DESCRIPTOR), "readv": (19, DESCRIPTOR), "preadv": (295, DESCRIPTOR), "preadv2": (327, DESCRIPTOR),
    "write": (1, DESCRIPTOR), "pwrite64": (18, DESCRIPTOR), "writev": (20, DESCRIPTOR), "pwritev": (296, DESCRIPTOR), "pwritev2": (328, DESCRIPTOR),
    "fallocate": (285, DESCRIPTOR), "ftruncate": (77, DESCRIPTOR), "truncate": (76, PATH),
    "fsync": (74, DESCRIPTOR), "fdatasync": (75, DESCRIPTOR), "sync_file_range": (277, DESCRIPTOR),
    "rename": (82, NEW_PATH), "renameat": (264, NEW_PATH_AT), "renameat2": (316, NEW_PATH_AT),
    "link": (86, NEW_PATH), "linkat": (265, NEW_PATH_AT), "symlink": (88, NEW_PATH), "symlinkat": (266, NEW_PATH_AT),
    "unlink": (87, PATH), "unlinkat": (263, PATH_AT), "rmdir": (84, PATH), "mkdir": (83, PATH), "mkdirat": (258, PATH_AT),
    "open": (2, PATH), "openat": (257, PATH_AT), "creat": (85, PATH),
    "ioctl": (16, DESCRIPTOR), "copy_file_range": (326, DESCRIPTOR), "sendfile": (40, DESCRIPTOR),
}
NAMES = {number: name for name, (number, _) in CALLS.items()}
PLACES = {number: place for number, place in CALLS.values()}
READ = {"read", "pread64", "readv", "preadv", "preadv2"}
FLUSH = {"fsync", "fdatasync", "sync_file_range"}
TRANSFER = {"write", "pwrite64", "writev", "pwritev", "pwritev2", "copy_file_range", "sendfile"}
NAMING = {"rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "open", "openat", "creat"}
GROUPS = {
    "read": READ, "flush": FLUSH, "transfer": TRANSFER, "naming": NAMING, "space": {"fallocate", "ftruncate", "truncate", "ioctl"},
    "change": set(CALLS) - READ,
}
SECTOR = 512
COUNTED = {"read", "pread64", "write", "pwrite64"}  # the third argument is the count of bytes
CREATES = 0o100 | 0o1000 | 0o20000000  # O_CREAT, O_TRUNC, the bit of O_TMPFILE that is not O_DIRECTORY
DEVICE_CHANGES = {0x1277, 0x127D, 0x127F}  # BLKDISCARD, BLKSECDISCARD, BLKZEROOUT
DIRECT = 0o40000


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in (
        "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs").split()]


def ptrace(request, thread, data=None):
    if libc.ptrace(request, thread, None, data) < 0:
        code = ctypes.get_errno()
        raise ProcessLookupError if code == errno.ESRCH else OSError(code, os.strerror(code))


def install_filter(numbers):
    """Has the kernel stop this process, and what it becomes, at these calls only: all others run at full speed."""
    program = [struct.pack("HBBI", 0x20, 0, 0, 4), struct.pack("HBBI", 0x15, 1, 0, 0xC000003E), struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000)]
    program.append(struct.pack("HBBI", 0x20, 0, 0, 0))
    for position, number in enumerate(numbers):
        program.append(struct.pack("HBBI", 0x15, len(numbers) - position, 0, number))
    program += [struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000), struct.pack("HBBI", 0x06, 0, 0, 0x7FF00000)]
    code = ctypes.create_string_buffer(b"".join(program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, head, 0, 0):
        raise OSError(ctypes.get_errno(), "the filter is refused")


class Tracer:
    def __init__(self, options):
        self.options = options
        self.under = [os.path.realpath(path) for path in options.under]
        self.names = set().union(*(GROUPS.get(name, {name}) for name in options.calls.split(",")))
        self.calls = self.fired = 0
        self.log = open(options.log, "w", encoding="utf-8") if options.log else None
        self.after = {}  # threads inside a call, and what to do when it returns
        self.held = {}  # threads before a call, and what says that it may go on

    def run(self, command):
        gate, opened = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(opened)
            os.read(gate, 1)
            os.close(gate)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it, and so would everything that they start
            install_filter([CALLS[name][0] for name in sorted(self.names)])
            os.execvp(command[0], command)
        os.close(gate)
        ptrace(PTRACE_SEIZE, self.process, OPTIONS)
        os.close(opened)
        while (status := self.serve()) is None:
            pass
        if self.log:
            print(f"calls {self.calls} fired {self.fired}", file=self.log, flush=True)
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)

    def serve(self):
        thread, status = os.waitpid(-1, WAIT_ALL | (os.WNOHANG if self.held else 0))
        for waiting in [waiting for waiting, released in self.held.items() if released()]:
            del self.held[waiting]
            self.go_on(waiting)
        if thread == 0:
            time.sleep(0.001)
        elif os.WIFEXITED(status) or os.WIFSIGNALED(status):
            self.held.pop(thread, None)
            self.after.pop(thread, None)
            return status if thread == self.process else None
        else:
            try:
                self.stopped(thread, status >> 16, os.WSTOPSIG(status))
            except ProcessLookupError:
                pass  # killed while it was stopped: its end is reported next
        return None

    def stopped(self, thread, event, number):
        if event == EVENT_SECCOMP:
            self.before_call(thread)
        elif event == EVENT_STOP and number != signal.SIGTRAP:
            ptrace(PTRACE_LISTEN, thread)
        elif event:
            ptrace(PTRACE_CONT, thread)
        elif number == signal.SIGTRAP | 0x80:
            after = self.after.pop(thread, None)
            if after is None or after():
                ptrace(PTRACE_CONT, thread)
        else:
            ptrace(PTRACE_CONT, thread, number)

    def go_on(self, thread):
        try:
            ptrace(PTRACE_SYSCALL if thread in self.after else PTRACE_CONT, thread)
        except ProcessLookupError:
            pass

    def before_call(self, thread):
        registers = Registers()
        ptrace(PTRACE_GETREGS, thread, ctypes.byref(registers))
        name = NAMES[registers.orig_rax]
        path = self.file_of(thread, name, registers)
        if path is None:
            ptrace(PTRACE_CONT, thread)
            return
        self.calls += 1
        options = self.options
        due = self.calls == options.at or (options.since and self.calls >= options.since) or (options.odd and self.calls % 2)
        if self.log:
            detail = f" {registers.rdx} bytes" if name in COUNTED else ""
            print(f"{self.calls} {name} {path}{detail}{' <- ' + options.do if due else ''}", file=self.log, flush=True)
        if due:
            self.act(thread, name, registers)
        else:
            ptrace(PTRACE_CONT, thread)

    def act(self, thread, name, registers):
        self.fired += 1
        action = self.options.do
        if action == "kill":
            os.kill(self.process, signal.SIGKILL)
            return
        if action == "tear":
            self.shorten(thread, name, registers, sectors=name == "pwrite64")
            self.after[thread] = lambda: os.kill(self.process, signal.SIGKILL)
        elif action == "short":
            if not self.shorten(thread, name, registers):
                self.fired -= 1
        elif action == "pause":
            with open(self.options.pause, "x", encoding="utf-8"):
                pass
            self.held[thread] = lambda: not os.path.exists(self.options.pause)
            return
        elif action.startswith("E"):
            registers.orig_rax = 2**64 - 1
            registers.rax = 2**64 - getattr(errno, action)
            ptrace(PTRACE_SETREGS, thread, ctypes.byref(registers))
        elif action != "none":
            # A program hears of a signal in another thread: this call waits until it surely has; after the second one, until it is gone.
            first, _, second = action.partition("+")
            os.kill(self.process, getattr(signal, "SIG" + first))
            began = time.monotonic()
            sent = [second]

            def released():
                waited = time.monotonic() - began
                if sent[0] and waited > 0.3:
                    os.kill(self.process, getattr(signal, "SIG" + sent.pop()))
                    sent.append("")
                return waited > (60 if second else 0.1)

            self.held[thread] = released
            return
        self.go_on(thread)

    def shorten(self, thread, name, registers, sectors=False):
        """Asks for half; the register is as the program left it when the call returns. False where there is nothing to take away."""
        if name not in COUNTED or registers.rdx <= 1:
            return False
        asked = registers.rdx
        unit = 4096 if self.is_direct(thread, registers.rdi) else 1
        less = asked // 2 // unit * unit
        if sectors:
            # A process that is killed leaves whole pages, and a medium whole sectors: what `apply` proves of a torn block rests on that.
            less = max(0, (registers.r10 + less) // SECTOR * SECTOR - registers.r10)
        if less == 0:
            return False
        registers.rdx = less
        ptrace(PTRACE_SETREGS, thread, ctypes.byref(registers))

        def restore():
            after = Registers()
            ptrace(PTRACE_GETREGS, thread, ctypes.byref(after))
            after.rdx = asked
            ptrace(PTRACE_SETREGS, thread, ctypes.byref(after))
            return True

        self.after[thread] = restore
        return True

    def is_direct(self, thread, descriptor):
        with open(f"/proc/{thread}/fdinfo/{descriptor}", encoding="ascii") as info:
            return any(int(line.split()[1], 8) & DIRECT for line in info if line.startswith("flags:"))

    def file_of(self, thread, name, registers):
        """The file of a call that counts; None for all others."""
        if name == "ioctl" and registers.rsi not in DEVICE_CHANGES:
            return None
        if name == "open" and not registers.rsi & CREATES or name == "openat" and not registers.rdx & CREATES:
            return None
        place = CALLS[name][1]
        try:
            if place == DESCRIPTOR:
                path = os.readlink(f"/proc/{thread}/fd/{registers.rdi}")
            else:
                address = {PATH: registers.rdi, PATH_AT: registers.rsi, NEW_PATH: registers.rsi, NEW_PATH_AT: registers.r10}[place]
                path = os.path.join(os.readlink(f"/proc/{thread}/cwd"), self.text(thread, address))
                path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        except OSError:
            return None
        return path if any(path == root or path.startswith(root + "/") for root in self.under) else None

    @staticmethod
    def text(thread, address):
        with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
            memory.seek(address)
            found = b""
            while b"\0" not in found:
                # No further than the end of the page: there may be nothing behind it.
                found += memory.read(4096 - (address + len(found)) % 4096)
            return os.fsdecode(found.split(b"\0")[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--under", action="append", required=True)
    parser.add_argument("--calls", default="change")
    parser.add_argument("--at", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="since")
    parser.add_argument("--odd", action="store_true")
    parser.add_argument("--do", default="none")
    parser.add_argument("--log")
    parser.add_argument("--pause")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    return Tracer(options).run(options.command)


if __name__ == "__main__":
    sys.exit(main())
