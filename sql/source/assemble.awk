# Puts together what is installed from the files beside this one:
#
#	awk -v version=1.0.0 -f assemble.awk migration.sql
#	awk -v version=1.0.0 -v schema=public -f assemble.awk extension.sql
#	awk -f assemble.awk functions/bot_session_touch.sql
#
# A line "--include PATTERN" stands for the files that match, indented as it is itself; what is included again comes
# without its comments. "--functions FILE" stands for the functions in the order in which the lists in that file name
# them; "--signatures PATTERN" for functions in C: their signatures and comments. @version@ is the version; the schema
# named is left out.

function put(file, indent, in_c,	line, skip, again) {
	again = seen[file]++
	while ((getline line < file) > 0) {
		gsub(/@version@/, version, line)
		if (schema)
			gsub(schema "[.]", "", line)
		if (!in_c && line ~ /^ *--(include|functions|signatures) /)
			put_all(indent line)
		else if (again && line ~ /^ *-- /)
			continue
		else if (!in_c)
			print (line == "" ? "" : indent line)
		else {
			sub(/^create or replace/, "create", line)
			if (line ~ /^language /) {
				print "language c " (line ~ /stable/ ? "stable" : line ~ /immutable/ ? "immutable" : "volatile") " parallel unsafe"
				print "as 'MODULE_PATHNAME';"
				skip = 1
			} else if (line ~ /^\$function\$;/)
				skip = 0
			else if (!skip && line !~ /^--/)
				print line
		}
	}
	close(file)
}

function put_all(line,	indent, words, command, file, separator) {
	indent = line
	sub(/--.*/, "", indent)
	split(line, words)
	if (words[1] == "--functions")
		command = "sed -n \"s|^ *\\['\\([a-z_]*\\)'.*|" directory "functions/\\1.sql|p\" " directory words[2]
	else
		command = "LC_ALL=C ls " directory words[2]
	while ((command | getline file) > 0) {
		if (words[1] == "--functions" && (getline line < file) < 0)
			continue # a table, or a type
		close(file)
		printf "%s", separator
		put(file, indent, words[1] == "--signatures")
		separator = "\n"
	}
	close(command)
	if (separator == "") {
		print "assemble.awk: nothing matches " words[2] > "/dev/stderr"
		exit 1
	}
}

BEGIN {
	directory = ARGV[1]
	sub(/(functions\/)?[^\/]*$/, "", directory)
	put(ARGV[1], "", 0)
}
