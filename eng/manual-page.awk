# Turns docs/man/TOOL.man into a manual page, in man(7): a line that begins with '@' is replaced by what is generated, all others are copied.
#
#   @title DATE         the page's title line and NAME
#   @synopsis           the usage of the program and its commands
#   @options            the arguments and options of the program, and those of every command
#   @commands           the other commands, each with its own options
#   @exit CODE...       these rows of the Manual's table of exit codes
#
# Given by eng/manual-pages.sh: tool, version, commands, help (the path of the program's help; that of a command has "-COMMAND" behind it), manual.

function roff(text) {
    gsub(/\\/, "\\e", text)
    gsub(/'/, "\\(aq", text)
    gsub(/-/, "\\-", text)
    return text
}

# A word of the kind <trust|read>, <FILE.ckf> or <LEVEL>...: what is typed as it stands is bold, what stands for something else italic.
function value(word,   parts, count, i, made) {
    count = split(word, parts, "|")
    for (i = 1; i <= count; i++)
        made = made (i > 1 ? "|" : "") (parts[i] ~ /^[A-Z]/ ? "\\fI" : "\\fB") roff(parts[i]) "\\fR"
    return made
}

# Names, commands and values of a usage or of an option.
function marked(text,   made, before, word) {
    made = ""
    while (match(text, /<[^>]*>|\[[A-Z][A-Za-z.]*\]|--?[a-zA-Z][a-z-]*/)) {
        before = substr(text, 1, RSTART - 1)
        word = substr(text, RSTART, RLENGTH)
        if (word ~ /^</)
            word = value(substr(word, 2, RLENGTH - 2))
        else if (word ~ /^\[/)
            word = "[" value(substr(word, 2, RLENGTH - 2)) "]"
        else
            word = "\\fB" roff(word) "\\fR"
        made = made roff(before) word
        text = substr(text, RSTART + RLENGTH)
    }
    return made roff(text)
}

# A description: options in bold, the default as a sentence of its own.
function described(text,   made, before, fallback) {
    fallback = ""
    if (match(text, / *\[default: .*\]$/)) {
        fallback = substr(text, RSTART, RLENGTH)
        text = substr(text, 1, RSTART - 1)
        sub(/^ *\[default: /, "", fallback)
        sub(/\]$/, "", fallback)
    }
    made = ""
    while (match(text, /(^|[ (])--?[a-z][a-z-]*/)) {
        before = RSTART + (substr(text, RSTART, 1) ~ /[ (]/ ? 1 : 0)
        made = made roff(substr(text, 1, before - 1)) "\\fB" roff(substr(text, before, RSTART + RLENGTH - before)) "\\fR"
        text = substr(text, RSTART + RLENGTH)
    }
    made = made roff(text)
    if (made !~ /\.$/)
        made = made "."
    return made (fallback == "" ? "" : "\nDefault: " roff(fallback) ".")
}

# Reads one help into description, usage, and rows of "names TAB description".
function load(path,   line, section, names, text) {
    description = ""
    usage = ""
    count["Arguments:"] = count["Options:"] = 0
    section = "-"
    while ((getline line <path) > 0) {
        if (section == "-" && line != "" && description == "")
            description = line
        else if (line ~ /^[A-Z][a-z]*:$/)
            section = line
        else if (section == "Usage:" && usage == "")
            usage = substr(line, 3)
        else if (line ~ /^  / && section ~ /^(Arguments|Options):$/) {
            names = substr(line, 3)
            text = names
            sub(/  +.*/, "", names)
            text = substr(text, length(names) + 1)
            sub(/^ +/, "", text)
            count[section]++
            rows[section, count[section]] = names "\t" text
        }
    }
    close(path)
}

function row(names, text) {
    required = sub(/ \(required\)$/, "", names)
    print ".TP"
    print marked(names)
    print described(text) (required ? "\nThis option is required." : "")
}

# The rows of one section of a help that has been loaded: those of every command, or the others. The library's own words for two options are not ours.
function list(section, shared,   i, parts) {
    for (i = 1; i <= count[section]; i++) {
        split(rows[section, i], parts, "\t")
        if (parts[1] == "-h, --help")
            parts[2] = "Print a synopsis and the options"
        if (parts[1] == "--version")
            parts[2] = "Print the version"
        if ((uses[rows[section, i]] == helps) == shared || section == "Arguments:")
            row(parts[1], parts[2])
    }
}

BEGIN {
    number = split(commands, names, /[ \n]+/)
    for (i = 0; i <= number; i++) {
        load(help (i == 0 ? "" : "-" names[i]))
        helps++
        for (j = 1; j <= count["Options:"]; j++)
            uses[rows["Options:", j]]++
    }
}

$1 == "@title" {
    load(help)
    print ".\\\" Made by eng/manual-pages.sh from docs/man/" tool ".man and '" tool " --help'."
    printf ".TH %s 1 %s \"BinarySync %s\" \"User Commands\"\n", toupper(tool), $2, version
    print ".SH NAME"
    print tool " \\- " roff(tolower(substr(description, 1, 1)) substr(description, 2))
    next
}

$1 == "@synopsis" {
    print ".SH SYNOPSIS"
    for (i = 0; i <= number; i++) {
        load(help (i == 0 ? "" : "-" names[i]))
        line = usage
        sub(/^[a-z]+ ?/, "", line)
        sub(/\[options\]$/, "[<OPTIONS>]", line)
        print ".SY " tool
        print (i == 0 ? "" : "\\fB" names[i] "\\fR ") marked(i == 0 ? line : substr(line, length(names[i]) + 2))
        print ".YS"
    }
    next
}

$1 == "@options" {
    load(help)
    print ".SH OPTIONS"
    print "Options may come before or after the arguments, but those of a command come after its name."
    list("Arguments:", 0)
    list("Options:", 0)
    print ".SS Options of every command"
    list("Options:", 1)
    next
}

$1 == "@commands" {
    print ".SH COMMANDS"
    for (i = 1; i <= number; i++) {
        load(help "-" names[i])
        print ".SS " names[i]
        print described(description)
        list("Arguments:", 0)
        list("Options:", 0)
    }
    next
}

$1 == "@exit" {
    print ".SH EXIT STATUS"
    wanted = substr($0, 6) " "
    while ((getline line <manual) > 0)
        if (line ~ /^## /)
            inside = line ~ /Exit codes$/
        else if (inside && line ~ /^\| [0-9]/) {
            split(line, cells, / *\| */)
            if (index(wanted, " " cells[2] " ") || (cells[2] ~ /n$/ && index(wanted, " signal "))) {
                gsub(/`/, "", cells[3])
                print ".TP\n.B " roff(cells[2]) "\n" roff(cells[3])
            }
        }
    close(manual)
    next
}

{ print }
