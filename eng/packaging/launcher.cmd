@echo off
rem Starts @TOOL@ with the .NET 10 runtime that is found in the path.
dotnet "%~dp0..\lib\binarysync\@TOOL@.dll" %*
