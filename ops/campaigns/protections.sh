#!/usr/bin/env bash
# Takes protections away in a copy of the sources, builds it, and runs the tests that hold them: a check that cannot fail is none.
#   ops/campaigns/protections.sh
# Needs what ops/test.sh installs. Takes the last commit; ends with 1 where a test did not miss its protection.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(mktemp -d /tmp/nowcast-protections-XXXXXX)
trap 'git -C "$root" worktree remove --force "$folder/copy"; rm -rf "$folder"' EXIT
git -C "$root" worktree add -q --detach "$folder/copy"
cd "$folder/copy"
# Tests that read ../shared skip without it.
[ ! -e "$root/../shared" ] || ln -s "$(realpath "$root/../shared")" "$folder/shared"

# without WHAT TEST FILE TEXT REPLACEMENT: the text must stand in the file once.
without() {
  python3 - "$3" "$4" "$5" <<'PY'
import sys
name, text, other = sys.argv[1:]
source = open(name).read()
if source.count(text) != 1:
    sys.exit(f"{name}: {text!r} stands there {source.count(text)} times, not once: adapt this campaign")
open(name, "w").write(source.replace(text, other))
PY
  if [ -n "$1" ]; then printf '%s\t%s\n' "$1" "$2" >>"$folder/taken"; fi
}
without 'HDF5 files are looked through for what they name outside' HostileHdf5.WhatReachesOutOfItselfIsRefusedByEveryReader ingest/NetCdf/SelfContainedFile.cs 'look.CheckGroup(file, "/", 0);' ''
without 'decoders have the rights to their file alone' ConfinedDecoders.ItReadsWhatLiesInItsFolderAndNothingElse jobs/Feed/Confinement/ConfinedProcess.cs 'landlock.Enforce();' ''
without '' '' jobs/Feed/Confinement/ConfinedProcess.cs '_ = SystemCallFilter.Enforce();' ''
without 'kernel and runtime limit the memory of a decoder' UntrustedFiles.AFileThatDeclaresMoreThanItHoldsIsRefusedAndTakesNoMemory jobs/ChildProcesses/ProcessLimits.cs 'Set(Data, (nuint)memoryBytes);' ''
without '' '' jobs/Feed/Confinement/DecoderEnvironment.cs '(memoryBytes / 2).ToString("X", CultureInfo.InvariantCulture)' 'null'
without 'a job runs once in the whole cluster, by a lease' ScheduleSemantics.AJobOfTwoServersNeverRunsTwiceAtOnce jobs/Hosting/LeaseFilter.cs 'history.TryTakeLease(name)' 'history.TryTakeLease(name + Guid.NewGuid())'
without 'what waits is not queued again' ScheduleSemantics.AJobThatWaitsIsNotQueuedTwice jobs/Hosting/QueuedOnceFilter.cs 'context.Canceled = IsWaiting(store.GetMonitoringApi(), context.Job);' 'context.Canceled = false;'
without 'files are written aside and renamed' WholeFiles.WhatFailsOnTheWayLeavesWhatWasThere ingest/WholeFile.cs 'Path.Combine(Path.GetDirectoryName(target)!, $".{Guid.NewGuid():N}.part")' 'target'
without '' '' ingest/WholeFile.cs 'if (File.Exists(unfinished))' 'if (unfinished != target && File.Exists(unfinished))'
without 'passwords are guessed slowly' GuardedDashboard.WhoGuessesPasswordsIsSoonNotListenedTo jobs/Web/Access/FailedLogins.cs 'if (!free.IsAcquired)' 'if (from is null)'
without 'nobody without a secret changes anything' ReverseProxies.NobodyChangesAnythingThroughAProxyThatOnlyHandsOn jobs/Web/Access/AccessRules.cs 'AccessLevel.Look : AccessLevel.None;' 'AccessLevel.Look : AccessLevel.Operate;'
without 'a body is read before it takes a place' SlowClients.BodiesThatNeverComeKeepNobodyFromAskingAboutAnArea jobs/Web/WebApi.cs 'app.UseWholeBodies();' ''
without 'the feed is left alone where a link leads' HostileFeedFolders.LinksAreNotFollowedAndWhatTheyLeadToStaysAsItIs jobs/Feed/FeedFolder.cs 'ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry) && entry.ToFullPath() != quarantine,' 'ShouldRecursePredicate = (ref FileSystemEntry entry) => entry.ToFullPath() != quarantine,'

dotnet build ConvLstm.Nowcast.sln -c Release -v q -nologo -p:TreatWarningsAsErrors=false -p:RunAnalyzers=false >"$folder/build.log" || { tail -20 "$folder/build.log"; exit 1; }
held=0
while IFS=$'\t' read -r what test; do
  log="$folder/$test.log"
  timeout --signal=INT --kill-after=20 300 tests/bin/Release/net10.0/ConvLstm.Nowcast.Tests -method "*.$test" -noColor -noLogo >"$log" 2>&1 </dev/null || true
  if grep -q "\.$test.*\[FAIL\]" "$log"; then
    echo "without '$what': $test fails"
  elif ! grep -q 'Total: ' "$log"; then
    echo "without '$what': $test does not come to its end within 300 s"
  else
    echo "without '$what': $test HOLDS, and must not" && held=1
  fi
done <"$folder/taken"
exit $held
