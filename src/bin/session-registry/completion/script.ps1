# Completion of session-registry for PowerShell: what can be typed is asked of the program itself.
function global:SessionRegistryComplete($word, $line, $cursor, $options) {
    $program = (Get-Command session-registry -CommandType Application -ErrorAction SilentlyContinue)
    $program = if ($program) { $program[0] } else { @PROGRAM@ }
    $before = $line.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursor }
    $words = @($before | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    if ([string]::IsNullOrEmpty($word)) { $words += '' }
    $answer = @(& $program completions powershell @options -- @words 2>$null)
    if ($answer.Count -eq 0 -or $answer[0] -ne 'values') { return }
    $answer | Select-Object -Skip 1 | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        if ([string]::IsNullOrEmpty($about)) { $about = $value }
        $typed = if ($value -match '^[\w./:=@%+,-]+$') { $value } else { "'" + $value.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($typed, $value, 'ParameterValue', $about)
    }
}
Register-ArgumentCompleter -CommandName 'session-registry' -Native -ScriptBlock {
    param($word, $line, $cursor)
    SessionRegistryComplete $word $line $cursor @()
}
