# gnuplot -e "machine='...'" charts.gp, in the folder of the results
set datafile separator ','
set terminal svg size 900,460 font 'sans-serif,13' background rgb 'white'
set style fill solid 0.85 noborder
set grid ytics lc rgb '#dddddd'
set border 3
set tics nomirror
set xtics scale 0
set key outside top right horizontal
set bmargin 5
set label 1 machine at screen 0.5, 0.02 center font ',10' tc rgb '#666666'
shown(name) = name eq 'own_message' ? 'update of our table' : name eq 'spi_message' ? 'touch through SPI' : \
  name eq 'plpgsql_message' ? 'touch, PL/pgSQL' : name[:strstrt(name, '_') - 1]
has(file) = int(system(sprintf("test -s %s && echo 1 || echo 0", file)))

# Bars from left to right, the shortest on top, each with its number; a line from the lower to the upper quartile.
if (has('chart-cpu.csv')) {
  set title 'Server CPU of recording one message, above an empty statement, microseconds'
  unset key
  unset grid
  unset xtics
  set border 2
  set ytics noenhanced scale 0
  set terminal svg size 900,340
  set lmargin 30
  set rmargin 9
  set bmargin 3
  set output 'cpu.svg'
  sorted = '< sort -t, -k2n chart-cpu.csv'
  plot [0:*] [*:0.6] sorted using 2:0:(0):2:(-$0 - 0.35):(-$0 + 0.35):(strcol(1)[:5] eq 'touch' ? 0x1f77b4 : 0xb0b7bf) with boxxyerror lc rgb variable, \
    '' using 3:(-$0):($4 - $3):(0):ytic(1) with vectors nohead lw 2 lc rgb '#444444', \
    '' using ($4 > $2 ? $4 : $2):(-$0):(sprintf('%.0f', $2)) with labels left offset 0.7, 0
  set border 3
  set ytics enhanced scale 1
  set xtics scale 0
  set terminal svg size 900,460
  set lmargin -1
  set rmargin -1
  set bmargin 5
  set grid ytics lc rgb '#dddddd'
  set key outside top right horizontal
}

if (has('rates.csv')) {
  do for [fsync in 'off on'] {
    set title sprintf('Transactions per second, fsync %s', fsync)
    set ylabel 'per second'
    set xlabel 'clients'
    set output sprintf('rates-fsync-%s.svg', fsync)
    names = system("for n in touch upsert update own spi plpgsql; do grep -o -m 1 \"^${n}_message\" rates-shown.csv; done | tr '\\n' ' '")
    set style data histogram
    set style histogram cluster gap 1
    set boxwidth 0.9
    plot for [name in names] sprintf("< grep '^%s,%s,' rates-shown.csv | sort -t, -k3n", name, fsync) using 4:xtic(3) title shown(name)
  }
  unset xlabel
}

if (has('chart-growth.csv')) {
  set title 'Server CPU by number of sessions, above an empty statement'
  set ylabel 'microseconds'
  set xlabel 'sessions'
  set logscale x
  set format x '%.0f'
  set output 'growth.svg'
  plot [500:2000000][0:*] 'chart-growth.csv' using 1:2 with linespoints lw 2 pt 7 title 'touch', \
    '' using 1:3 with linespoints lw 2 pt 7 title 'select by key'
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
  set rmargin 10
  set output 'instructions.svg'
  plot [-0.6:*][0:*] "< grep -v '^empty,' instructions.csv | sort -t, -k2n" using 0:($2 - empty):xtic(1) lc rgb '#1f77b4'
}
