# SPDX-License-Identifier: GPL-2.0-only
#
# Completion of cellctl for bash: commands, options, names of cells, files.
# shellcheck shell=bash

# The operands of a command, in order: cell, config (.cell), file, command. The last goes on.
_cellctl_operands()
{
	case $1 in
	enable | create) echo config ;;
	show | start | stop | destroy | watch | stats | console) echo cell ;;
	load) echo cell file ;;
	run) echo config file ;;
	help) echo command ;;
	esac
}

_cellctl_options()
{
	echo "--help --json"
	case $1 in
	create) echo "--name" ;;
	load) echo "--args --initrd --dtb" ;;
	run) echo "--name --args --initrd --dtb" ;;
	stats) echo "--watch" ;;
	console) echo "--follow" ;;
	"") echo "--version" ;;
	esac
}

_cellctl_commands()
{
	echo "enable disable create list show load start stop destroy run watch stats console help"
}

# Options whose value is the next word.
_cellctl_takes_value()
{
	case $1 in
	--args | --initrd | --dtb | --name) return 0 ;;
	esac
	return 1
}

_cellctl_cells()
{
	cellctl --json list 2>/dev/null | sed -n 's/.*"name": *"\([^"]*\)".*/\1/p'
}

# Sets COMPREPLY to the files that begin with $1 and, if $2 is given, end in it; and directories.
_cellctl_files()
{
	local file

	compopt -o filenames 2>/dev/null
	while IFS= read -r file; do
		if [[ -d $file || $file == *"${2-}" ]]; then
			COMPREPLY+=("$file")
		fi
	done < <(compgen -f -- "$1")
}

# _cellctl_reply KIND WORD
_cellctl_reply()
{
	case $1 in
	cell) mapfile -t COMPREPLY < <(compgen -W "$(_cellctl_cells)" -- "$2") ;;
	command) mapfile -t COMPREPLY < <(compgen -W "$(_cellctl_commands)" -- "$2") ;;
	config) _cellctl_files "$2" .cell ;;
	file) _cellctl_files "$2" ;;
	esac
}

_cellctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command="" count=0
	local i kinds

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		if _cellctl_takes_value "${COMP_WORDS[i]}"; then
			i=$((i + 1))
		elif [[ ${COMP_WORDS[i]} == -* ]]; then
			continue
		elif [ -z "$command" ]; then
			command=${COMP_WORDS[i]}
		else
			count=$((count + 1))
		fi
	done
	case $before in
	--initrd | --dtb) _cellctl_files "$word" ;;
	--args | --name) ;;
	*)
		if [[ $word == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(_cellctl_options "$command")" -- "$word")
		elif [ -z "$command" ]; then
			_cellctl_reply command "$word"
		else
			read -ra kinds < <(_cellctl_operands "$command")
			_cellctl_reply "${kinds[count]-}" "$word"
		fi
		;;
	esac
}

complete -F _cellctl cellctl
