# gnuplot -e "machine='...'" charts.gp, in the folder of the results
set datafile separator ','
set terminal svg size 900,460 font 'sans-serif,13' background rgb 'white'
set style fill solid 0.85 noborder
set grid ytics lc rgb '#dddddd'
set border 3
set tics nomirror
set key outside top right horizontal
set bmargin 5
set label 1 machine at screen 0.5, 0.02 center font ',10' tc rgb '#666666'
has(file) = int(system(sprintf("test -s %s && echo 1 || echo 0", file)))
cost(name) = real(system(sprintf("sed -n 's/^%s,\\([^,]*\\),.*/\\1/p' costs.csv | grep . || echo 0", name)))
low(name) = real(system(sprintf("sed -n 's/^%s,[^,]*,\\(.*\\)\\.\\.[^,]*,.*/\\1/p' costs.csv | grep . || echo 0", name)))
high(name) = real(system(sprintf("sed -n 's/^%s,[^,]*,.*\\.\\.\\([^,]*\\),.*/\\1/p' costs.csv | grep . || echo 0", name)))

if (has('costs.csv')) {
  set title 'Server CPU of recording one message, above an empty statement'
  set ylabel 'microseconds'
  set yrange [0:*]
  unset key
  names = 'floor_touch touch_message own_message spi_message plpgsql_message update_message upsert_message'
  array titles[7] = ['the least possible', 'bot\_session\_touch', "update of\nour table", "touch\nthrough SPI", "touch,\nPL/pgSQL", "update of a\nplain table", "upsert of a\nplain table"]
  set output 'cpu.svg'
  set boxwidth 0.6
  plot [0.4:7.6] for [i=1:7] '+' every ::0::0 using (i):(cost(word(names, i))):xtic(titles[i]) with boxes lc rgb (i == 2 ? '#1f77b4' : '#b0b7bf'), \
    for [i=1:7] '+' every ::0::0 using (i):(cost(word(names, i))):(low(word(names, i))):(high(word(names, i))) with yerrorbars pt 0 lc rgb '#444444'
  set key outside top right horizontal
}

if (has('rates-shown.csv')) {
  do for [fsync in 'off on'] {
    set title sprintf('Transactions per second, fsync %s', fsync)
    set ylabel 'per second'
    set xlabel 'clients'
    set output sprintf('rates-fsync-%s.svg', fsync)
    names = system("sed 1d rates-shown.csv | cut -d, -f1 | sort -u | tr '\\n' ' '")
    set style data histogram
    set style histogram cluster gap 1
    set boxwidth 0.9
    plot for [name in names] sprintf("< grep '^%s,%s,' rates-shown.csv | sort -t, -k3n", name, fsync) using 4:xtic(3) title system(sprintf("echo %s | sed 's/_message//'", name)) noenhanced
  }
  unset xlabel
}

if (cost('growth_1000') > 0) {
  set title 'Server CPU of a touch by number of sessions, above an empty statement'
  set ylabel 'microseconds'
  set xlabel 'sessions'
  set logscale x
  set format x '10^{%L}'
  set output 'growth.svg'
  plot [500:2000000][0:*] for [kind in 'growth growth_select'] \
    sprintf("< sed -n 's/^%s_\\([0-9]*\\),/\\1,/p' costs.csv | sort -n", kind) using 1:2 with linespoints lw 2 pt 7 \
    title (kind eq 'growth' ? 'touch' : 'select by key')
  unset logscale x
  set format x '%g'
}

if (has('latency.csv')) {
  set title 'Latency over many touches of 10,000 sessions, autovacuum on'
  set ylabel 'microseconds, mean of one second'
  set xlabel 'seconds'
  set output 'latency.svg'
  plot [*:*][0:*] 'latency.csv' using 1:3 with lines lw 2 title 'bot\_session\_touch'
}

if (has('instructions.csv')) {
  unset xlabel
  unset key
  set title 'Instructions of one statement (callgrind), above an empty one'
  set ylabel 'instructions'
  set style data boxes
  set boxwidth 0.6
  empty = real(system("sed -n 's/^empty,//p' instructions.csv"))
  set xtics noenhanced rotate by -20
  set output 'instructions.svg'
  plot [-0.6:*][0:*] "< grep -v '^empty,' instructions.csv | sort -t, -k2n" using 0:($2 - empty):xtic(1) lc rgb '#1f77b4'
}
