package pnrgov_test

import (
	"bytes"
	"strings"
	"testing"

	"clew/edifact/pnrgov"
)

const benchRecord = "SRC'RCI+XX:3PGZOV::190126:1354'DAT+700:010326:0559'ORG+1A:MUC+32393340:SINXX08AA+NCE+XX:NCE+A+SG'ADD++700:1 SAMPLE ROAD:SINGAPORE:::SG:018956:6562220000'" +
	"TIF+BELT:I+ISABELLE MRS:A:1'FTI+XX:8794285757'REF+:001C451486DFF0CC'SSR+DOCS:HK:1:XX:::::/P/GBR/509229987/GBR/01JUL78/F/12NOV32/BELT/ISABELLE/'TKT+0062120234533:T:1'MON+B:2888.00:SGD+T:2957.94:SGD'FOP+CC::2957.94:VI:XXXXXXXX1186:0229'" +
	"TIF+BELT:I+MARK MR:A:2'SSR+DOCS:HK:1:XX:::::/P/GBR/509229988/GBR/01JUL77/M/12NOV32/BELT/MARK/'TKT+0062120234534:T:1'MON+T:2957.94:SGD'" +
	"TVL+010326:1430:010326:2205+SIN+LHR+XX+602:D'RPI+2+HK'APD+333'SSR+SEAT:HK:2:XX:::SIN:LHR+11D::1+11E::2'TRI++SIN-168:::1'TIF+BELT:I+ISABELLE MRS:A:1'SSD+011D++++J'TBD++3:33:700++HP:SIN-168+XX:618012345:3:LHR'"

func TestAtMostFourAllocationsATraveller(t *testing.T) {
	text := func(records int) []byte {
		return []byte("UNB+IATA:1+XX+S+260301:0649+3'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+XX:MUC'TVL+010326:1430:010326:2205+SIN+LHR+XX+602'" +
			strings.Repeat(benchRecord, records) + "UNT+1+1'UNZ+1+3'")
	}
	allocs := func(text []byte) float64 {
		return testing.AllocsPerRun(10, func() {
			if _, _, err := pnrgov.Decode(bytes.NewReader(text)); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := allocs(text(50)), allocs(text(550))
	if each := (many - few) / 1000; each > 4 {
		t.Errorf("%.1f allocations a traveller, want at most 4", each)
	}
}
