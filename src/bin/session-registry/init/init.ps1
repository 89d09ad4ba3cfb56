# To projects and back, by session-registry.
function global:@CMD@ {
    $program = (Get-Command session-registry -CommandType Application -ErrorAction Stop)[0]
    if ($args.Count -gt 0 -and $args[0] -eq 'run') {
        $words = @($args | Select-Object -Skip 1)
        & $program resume @words
        return
    }
    if ($args.Count -eq 0) {
        $place = & $program ui --print path
    } else {
        $place = & $program show --print path @args
    }
    if ($LASTEXITCODE -ne 0 -or [string]::IsNullOrEmpty($place)) { return }
    if (-not (Test-Path -LiteralPath $place -PathType Container)) {
        Write-Error "@CMD@: not a directory here: $place"
        return
    }
    Set-Location -LiteralPath $place
}
function global:sr_prompt {
    $session = session-registry which -q 2>$null
    if ($LASTEXITCODE -eq 0) { "[$session] " } else { '' }
}
Register-ArgumentCompleter -CommandName '@CMD@' -Native -ScriptBlock {
    param($word, $line, $cursor)
    SessionRegistryComplete $word $line $cursor @('--jump')
}
#-- key
if (Get-Module -Name PSReadLine) {
    Set-PSReadLineKeyHandler -Chord Alt+j -ScriptBlock {
        [Microsoft.PowerShell.PSConsoleReadLine]::RevertLine()
        [Microsoft.PowerShell.PSConsoleReadLine]::Insert('@CMD@')
        [Microsoft.PowerShell.PSConsoleReadLine]::AcceptLine()
    }
}
#-- end
#-- prompt
if (-not (Test-Path Function:\SessionRegistryPrompt)) {
    Copy-Item Function:\prompt Function:\global:SessionRegistryPrompt
    function global:prompt { "$(sr_prompt)$(SessionRegistryPrompt)" }
}
#-- end
