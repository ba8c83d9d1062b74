@echo off
rem try.cmd: tries refwave on this Windows, and writes what it finds into refwave-report.txt. It leaves nothing behind. /y asks
rem nothing. The exit status is 0 if all went well, 1 if something failed.
rem
rem What lives longer than a run that was interrupted lies in %place%, so that the next run finds it and restores. Only an
rem administrator can write there, which is how this file knows whether it has one.
setlocal EnableExtensions DisableDelayedExpansion
rem A cmd.exe of 32 bits is shown another System32.
if not defined PROCESSOR_ARCHITEW6432 goto true_bits
"%SystemRoot%\Sysnative\cmd.exe" /c ^""%~f0" %*^"
exit /b %errorlevel%
:true_bits
set "here=%~dp0"
set "self=%~f0"
set "asks=%~1"
set "main=x64"
if "%PROCESSOR_ARCHITECTURE%"=="x86" set "main=x86"
set "halves=%main%"
if exist "%SystemRoot%\SysWOW64\winmm.dll" set "halves=x64 x86"

echo This tries refwave on your computer. It takes about two minutes.
echo.
echo   - refwave tests itself and measures how fast it is, without being installed.
echo   - It is installed for all programs. A small program plays and records. It is removed.
echo   - It is put beside that small program alone, which plays and records again.
echo   - The registry and the system folders are compared with how they were before.
echo.
echo You will hear a quiet tone now and then, and hiss for some seconds. Programs that start
echo meanwhile may play through refwave. If you stop the trial, start it once more: it first
echo removes what the stopped one has left.
echo.
if not exist "%here%%main%\refwave.exe" if not exist "%here%%main%\trial.exe" (
  echo The folder %main% is not beside this file: unpack the whole zip first.
  if not "%asks%"=="/y" pause
  exit /b 1
)
if "%asks%"=="" pause

set "place=%ProgramFiles%\refwave-try"
set "admin=yes"
set "interrupted="
if exist "%place%\" set "interrupted=yes"
md "%place%\probe" >nul 2>&1
if not exist "%place%\probe\" set "admin=no"
rd "%place%\probe" >nul 2>&1
if "%admin%"=="yes" goto begin
if not "%asks%"=="" goto without

echo Windows asks whether this may change your computer: that is for the installation.
rem An administrator's session does not know the letters of the user's network drives.
powershell -NoProfile -Command "$q=[string][char]34; $f=$env:self; $d=Get-WmiObject Win32_LogicalDisk -Filter ('DeviceID='''+$f.Substring(0,2)+''''); if ($d.ProviderName) {$f=$d.ProviderName+$f.Substring(2)}; Start-Process -Verb RunAs cmd.exe ('/c '+$q+$q+$f+$q+' /elevated'+$q)" 2>nul
if "%errorlevel%"=="0" exit /b 0
echo That was refused, or cannot be asked. For the whole trial close this window, right-click
echo try.cmd and choose "Run as administrator". Or go on without the installation.
pause
:without
if defined interrupted echo An earlier trial was interrupted. Only an administrator can remove what it left: start try.cmd as one.
set "interrupted="
set "place=%TEMP%\refwave-try"
if exist "%place%\" set "interrupted=yes"
md "%place%" >nul 2>&1

:begin
rem The report is UTF-8, as refwave prints.
for /f "tokens=2 delims=:." %%p in ('chcp 2^>nul') do set "page=%%p"
chcp 65001 >nul 2>&1
set "report=%here%refwave-report.txt"
del "%report%" >nul 2>&1
if exist "%report%" set "report=%USERPROFILE%\refwave-report.txt"
copy /y nul "%report%" >nul 2>&1
if not exist "%report%" set "report=%USERPROFILE%\refwave-report.txt"
set "results=%TEMP%\refwave-results.txt"
set "failures=0"
set "steps=0"
set "wrong=FAILED"
>"%report%" echo refwave's trial, begun %date% %time%. The summary is at the end.
>"%results%" ver
if defined interrupted call :restore

echo.
echo 1 of 6: this computer
call :title "This computer"
>>"%report%" echo   administrator: %admin%
for %%v in (ProductName DisplayVersion CurrentBuild UBR) do call :append reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" /v %%v
call :append ver
>>"%report%" echo   %PROCESSOR_ARCHITECTURE%, %NUMBER_OF_PROCESSORS% processors, tried: %halves%
for %%h in (%halves%) do call :try "refwave starts, %%h" %%h refwave --version
call :lines "refwave "
set "wrong=no    "
call :try "doctor: all is right" %main% refwave doctor
set "wrong=FAILED"
call :try "devices" %main% refwave devices
call :lines "  *  "

echo 2 of 6: the rules that a wave driver must keep
for %%h in (%halves%) do (
  call :try "conform, %%h" %%h refwave conform
  call :lines "rules:"
)

echo 3 of 6: how fast it is
for %%h in (%halves%) do (
  call :try "latency on the clocked device, %%h: p50, p90, p99, p99.9, max, count" %%h refwave latency -d clocked --seconds 5
  call :lines "refwave      " "s  "
)
call :try "latency on the default device, %main%" %main% refwave latency --seconds 5
call :lines "refwave      " "s  "
call :try "loopback of the clocked device" %main% refwave loopback -d clocked --option "loop=true" --seconds 3
set "wrong=no    "
call :try "loopback of the default device: it hears itself" %main% refwave loopback --seconds 3
set "wrong=FAILED"

echo 4 of 6: for all programs
for %%h in (%halves%) do (
  md "%place%\%%h" >nul 2>&1
  copy /y "%here%%%h\trial.exe" "%place%\%%h\" >nul 2>&1
)
call :state >"%place%\before.txt" 2>nul
call :title "Before the installation"
"%here%%main%\refwave.exe" status >>"%report%" 2>&1
set "status=%errorlevel%"
if "%admin%"=="no" (
  >>"%results%" echo no        installed: no administrator
  goto drop_in
)
set "others=refwave status failed"
if "%status%"=="0" set "others=refwave was there before, and is kept"
if "%status%"=="4" set "others=a part of refwave was there before, and is kept"
if not "%status%"=="3" (
  >>"%results%" echo no        installed by this trial: %others%
  goto meet
)
>"%place%\installs" echo from here on refwave is to be removed
call :try "refwave install" %main% refwave install
:meet
set "wrong=no    "
for %%h in (%halves%) do (
  call :try "Windows' own winmm has refwave, %%h" "%place%\%%h" trial
  call :lines "refwave: number"
)
set "wrong=FAILED"
if exist "%place%\installs" call :try "refwave status" %main% refwave status
if exist "%place%\installs" call :uninstall

:drop_in
echo 5 of 6: for one program
for %%h in (%halves%) do (
  call :try "refwave install --program, %%h" %%h refwave install --program "%place%\%%h"
  call :try "the winmm.dll beside a program has refwave, %%h" "%place%\%%h" trial
  call :lines "refwave: number"
  call :try "refwave uninstall --program, %%h" %%h refwave uninstall --program "%place%\%%h"
)

echo 6 of 6: is everything as before
call :state >"%place%\after.txt" 2>nul
call :same
call :title "Summary"
type "%results%"
type "%results%" >>"%report%"
del "%results%" >nul 2>&1
if not exist "%place%\installs" rd /s /q "%place%" >nul 2>&1
if exist "%place%\" echo Something is left: start try.cmd once more, when no other program plays. >>"%report%"
if exist "%place%\" echo Something is left: start try.cmd once more, when no other program plays.
>>"%report%" echo.
>>"%report%" echo %failures% failed. Ended %date% %time%.
echo.
echo %failures% failed. The whole report is %report%
echo Please read it, and attach it to an issue of refwave.
if defined page chcp %page% >nul 2>&1
if not "%asks%"=="/y" pause
if "%failures%"=="0" exit /b 0
exit /b 1

rem :title TEXT
:title
>>"%report%" echo.
>>"%report%" echo == %~1
exit /b 0

rem :append COMMAND...: its output goes into the report.
:append
%* >>"%report%" 2>&1
exit /b %errorlevel%

rem :try TITLE FOLDER PROGRAM ARGUMENT...: runs a program, of this folder's x64 or x86 or of another one, and keeps its output
rem and how it ended. The summary has the last line of what fails.
:try
echo   %~1
call :title "%~1"
set "title=%~1"
set "folder=%~2"
set "program=%~3"
if exist "%here%%~2\" set "folder=%here%%~2"
shift
shift
shift
>>"%report%" echo   ^> %program% %1 %2 %3 %4 %5 %6 %7 %8 %9
set /a steps+=1
set "output=%place%\output-%steps%.txt"
"%folder%\%program%.exe" %1 %2 %3 %4 %5 %6 %7 %8 %9 >"%output%" 2>&1
set "status=%errorlevel%"
if not exist "%output%" set "status=none: it did not run"
type "%output%" >>"%report%"
set "last="
for /f "usebackq delims=" %%l in ("%output%") do set "last=%%l"
set "result=ok    "
if not "%status%"=="0" set "result=%wrong%"
if not "%status%"=="0" if "%wrong%"=="FAILED" set /a failures+=1
>>"%report%" echo   exit status %status%
setlocal EnableDelayedExpansion
>>"!results!" echo !result!  !title!
if not "!status!"=="0" >>"!results!" echo           !last!
endlocal
exit /b 0

rem :lines TEXT [TEXT]: the lines of the output with these texts stand in the summary, too.
:lines
set "other=%~2"
if not defined other set "other=%~1"
type "%output%" | find "%~1" | find "%other%" >>"%results%"
exit /b 0

rem :state: prints what an installation may change.
:state
set "drivers=HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Drivers32"
for %%b in (64 32) do for /f "delims=" %%l in ('reg query "%drivers%" /reg:%%b 2^>nul') do echo Drivers32, %%b bits: %%l
for /f "delims=" %%l in ('reg query HKLM\SOFTWARE\refwave 2^>nul') do echo refwave's key: %%l
for %%d in (System32 SysWOW64) do if exist "%SystemRoot%\%%d\" (
  for /f "delims=" %%f in ('dir /b /a "%SystemRoot%\%%d"') do echo %%d: %%f
  for %%f in ("%SystemRoot%\%%d\*.drv" "%SystemRoot%\%%d\winmm.dll") do echo %%f: %%~zf bytes, %%~tf
)
exit /b 0

rem :uninstall: the next run does it if this one cannot.
:uninstall
call :try "refwave uninstall" %main% refwave uninstall
if "%status%"=="0" del "%place%\installs" >nul 2>&1
exit /b 0

rem :same: compares before.txt with after.txt, and says how to restore.
:same
pushd "%place%"
call :try "registry and system folders as before" %main% trial compare before.txt after.txt
popd
if "%status%"=="0" exit /b 0
>>"%results%" echo           `refwave uninstall` removes what is refwave's. Other lines that are there "only after", or
>>"%results%" echo           missing, may be another program's; in regedit they can be corrected by hand.
exit /b 0

rem :restore: removes what an interrupted run has left.
:restore
echo An earlier trial was interrupted. What it left is removed first.
>>"%results%" echo an earlier trial was interrupted
if exist "%place%\installs" call :uninstall
if exist "%place%\before.txt" call :state >"%place%\after.txt" 2>nul
rem An update of Windows may have come meanwhile.
set "wrong=no    "
if exist "%place%\before.txt" call :same
set "wrong=FAILED"
if not exist "%place%\installs" rd /s /q "%place%" >nul 2>&1
md "%place%" >nul 2>&1
exit /b 0
