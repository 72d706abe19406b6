/**
 * Both ask the program itself for candidates, with the words up to the cursor, and let the shell complete paths where there
 * are none. bash splits words at "=" and replaces only what is behind it; its own list of words is therefore not used.
 */
export const SCRIPTS = {
  bash: `# flowmeter completion bash >> ~/.bashrc
_flowmeter() {
  local line="\${COMP_LINE:0:COMP_POINT}" words current done_ candidate
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  done_=""
  [[ "$COMP_WORDBREAKS" == *=* && "$current" == *=* ]] && done_="\${current%"\${current##*=}"}"
  COMPREPLY=()
  while IFS= read -r candidate; do
    [[ -n "$candidate" && "$candidate" == "$current"* ]] && COMPREPLY+=("\${candidate#"$done_"}")
  done < <("\${words[0]/#\\~/$HOME}" --get-yargs-completions "\${words[@]}" 2> /dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *[=.] ]] && compopt -o nospace 2> /dev/null
}
complete -o default -F _flowmeter flowmeter
`,
  zsh: `#compdef flowmeter
# flowmeter completion zsh >> ~/.zshrc
_flowmeter() {
  local -a candidates
  candidates=(\${(f)"$("\${words[1]}" --get-yargs-completions "\${(@)words[1,CURRENT]}" 2> /dev/null)"})
  if (( \${#candidates} )); then
    compadd -S '' -- \${(M)candidates:#*[=.]}
    compadd -- \${candidates:#*[=.]}
  else
    _files
  fi
}
(( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
if [[ "\${funcstack[1]}" == "_flowmeter" ]]; then _flowmeter "$@"; else compdef _flowmeter flowmeter; fi
`,
} as const;
