using System.CommandLine;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast completion bash|zsh</c>: a script for the shell, which asks the program itself what may follow.</summary>
internal static class CompletionCommand
{
    // The directive [suggest:N] of System.CommandLine answers with what may stand at place N of a line.
    private const string Bash =
        """
        _nowcast() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(nowcast "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _nowcast nowcast
        """;

    private const string Zsh =
        """
        #compdef nowcast
        _nowcast() {
          local -a words_found
          words_found=("${(@f)$(nowcast "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
          if [[ -n "$words_found" ]]; then compadd -a words_found; else _files; fi
        }
        compdef _nowcast nowcast
        """;

    internal static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Print a script that completes verbs and flags in the shell.") { shell };
        command.SetAction(parsed =>
        {
            terminal.Line((parsed.GetRequiredValue(shell) == "bash" ? Bash : Zsh).ReplaceLineEndings("\n"));
            return CommandLine.Done;
        });
        return command;
    }
}
