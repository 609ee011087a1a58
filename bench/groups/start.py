"""How long the programs take to begin, against the smallest program of .NET, and the smallest in C."""

import os
import shutil

from lib.bench import Bench, Group
from lib.contest import TOOLS, Contestant
from lib.process import command
from lib.workspace import system

PROJECT = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>
  <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization>
</PropertyGroup></Project>
"""
C_PROGRAM = "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n"
HELLO = "hello world"
C_HELLO = "hello world in C"


def measure(bench: Bench) -> None:
    make_hello()
    standings = bench.compare(
        [
            *(Contestant(f"{tool} --version", (command(f"{tool} --version"),), quick=True) for tool in TOOLS),
            Contestant("ckfile --help", (command("ckfile --help"),), quick=True),
            Contestant(HELLO, (command("hello/bin/hello"),), quick=True),
            *([Contestant(C_HELLO, (command("./hello-c"),), quick=True)] if make_c_hello() else []),
        ],
        yardstick=HELLO,
        rounds=max(bench.rounds, 9),  # they are short
    )
    for name in (*(f"{tool} --version" for tool in TOOLS), "ckfile --help"):
        bench.judge(f"{name} / hello world", bench.ratio(standings, name, HELLO))


def make_c_hello() -> bool:
    """The least that a program can take to begin; where there is a C compiler."""
    if shutil.which("gcc") is None:
        return False
    with open("hello.c", "w", encoding="utf-8") as file:
        file.write(C_PROGRAM)
    system("gcc", "-O2", "-o", "hello-c", "hello.c")
    return True


def make_hello() -> None:
    """A program that prints one line. An empty Directory.Build.props keeps those of directories above out of it."""
    os.makedirs("hello", exist_ok=True)
    for name, text in (("hello.csproj", PROJECT), ("Directory.Build.props", "<Project />\n"), ("Program.cs", 'System.Console.WriteLine("hello");\n')):
        with open(f"hello/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    system("dotnet", "publish", "hello/hello.csproj", "-c", "Release", "-o", "hello/bin", "--nologo", "-v", "quiet")


GROUP = Group("start", "Start-up.", measure, quick=True)
