@echo off
rem try.cmd [/y | /stay]: tries refwave on this Windows, and writes what it finds into refwave-report.txt. /y asks nothing;
rem /stay leaves refwave installed until try.cmd is started after a restart. The exit status is 0 if all went well.
setlocal DisableDelayedExpansion
set "bits=64"
if "%PROCESSOR_ARCHITECTURE%"=="x86" if not defined PROCESSOR_ARCHITEW6432 set "bits=32"
if exist "%~dp0trial\trial%bits%.exe" goto try
echo The folder trial is not beside this file: unpack the whole zip first.
if "%~1"=="" pause
exit /b 1
:try
"%~dp0trial\trial%bits%.exe" try %*
exit /b %errorlevel%
