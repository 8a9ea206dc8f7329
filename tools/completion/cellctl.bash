# SPDX-License-Identifier: GPL-2.0-only
#
# Completion of cellctl for bash: commands, options, names of cells, files.
# shellcheck shell=bash

# The operands of a command, in order: cell, config (.cell), file, command. "..." repeats the last.
_cellctl_operands()
{
	case $1 in
	enable | create) echo config ;;
	show | start | stop | destroy | watch | stats | console) echo cell ;;
	load) echo cell file ;;
	run) echo config file ;;
	help | config | hardware) echo command ;;
	"config build" | "config collect") echo file ;;
	"config check" | "config draw" | "config show" | "config learn") echo file ... ;;
	esac
}

_cellctl_options()
{
	local reserved="--reserved --hypervisor --shared"

	echo "--help --json"
	case $1 in
	config* | hardware*) ;;
	*) echo "--version" ;;
	esac
	case $1 in
	"config build") echo "--output" ;;
	"config create") echo "--from --name $reserved --spis --permissive --debug-console --output" ;;
	"config cell")
		echo "--cpus --memory --memory-at --device --console --use-shared --native-idle"
		echo "--system --beside --from $reserved --output"
		;;
	"config check") echo "--alone --from --strict --pa-bits --intids --image" ;;
	"hardware check") echo "--from --memory" ;;
	"config draw") echo "--output --title" ;;
	"config learn") echo "--record --from" ;;
	create) echo "--name" ;;
	load) echo "--args --initrd --dtb" ;;
	run) echo "--name --args --initrd --dtb --raw" ;;
	watch) echo "--raw" ;;
	stats) echo "--watch" ;;
	console) echo "--follow --raw --read-only --since-start" ;;
	esac
}

# The commands, or those of a group.
_cellctl_commands()
{
	case $1 in
	config) echo "collect create cell build check show draw learn" ;;
	hardware) echo "check" ;;
	*)
		echo "enable disable create list show load start stop destroy run watch stats console"
		echo "config hardware help"
		;;
	esac
}

# What kind of word the value of an option is; none: it has no value.
_cellctl_value()
{
	case $1 in
	--initrd | --dtb | --from | --system | --beside | --image | --record | -o | --output)
		echo file
		;;
	--args | --name | --reserved | --hypervisor | --shared | --spis | --cpus | --memory | \
		--memory-at | --device | --pa-bits | --intids | --title)
		echo text
		;;
	--console) echo where ;;
	esac
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

# _cellctl_reply KIND WORD COMMAND
_cellctl_reply()
{
	case $1 in
	cell) mapfile -t COMPREPLY < <(compgen -W "$(_cellctl_cells)" -- "$2") ;;
	command) mapfile -t COMPREPLY < <(compgen -W "$(_cellctl_commands "$3")" -- "$2") ;;
	where) mapfile -t COMPREPLY < <(compgen -W "ring none" -- "$2") ;;
	config) _cellctl_files "$2" .cell ;;
	file) _cellctl_files "$2" ;;
	esac
}

# Sets COMMAND ("config check", if it is of a group) and COUNT, its operands so far.
_cellctl_parse()
{
	local i

	COMMAND=""
	COUNT=0
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [ -n "$(_cellctl_value "${COMP_WORDS[i]}")" ]; then
			i=$((i + 1))
		elif [[ ${COMP_WORDS[i]} == -* ]]; then
			continue
		elif [ -z "$COMMAND" ]; then
			COMMAND=${COMP_WORDS[i]}
		elif [[ $COMMAND == config || $COMMAND == hardware ]]; then
			COMMAND+=" ${COMP_WORDS[i]}"
		else
			COUNT=$((COUNT + 1))
		fi
	done
}

_cellctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} value kinds COMMAND COUNT

	COMPREPLY=()
	_cellctl_parse
	value=$(_cellctl_value "${COMP_WORDS[COMP_CWORD - 1]}")
	read -ra kinds < <(_cellctl_operands "$COMMAND")
	if [ -n "$value" ]; then
		_cellctl_reply "$value" "$word"
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_cellctl_options "$COMMAND")" -- "$word")
	elif [ -z "$COMMAND" ]; then
		_cellctl_reply command "$word"
	elif [ "${kinds[1]-}" = ... ]; then
		_cellctl_reply "${kinds[0]}" "$word"
	else
		_cellctl_reply "${kinds[COUNT]-}" "$word" "$COMMAND"
	fi
}

complete -F _cellctl cellctl
