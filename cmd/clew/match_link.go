package main

type matchLinkCmd struct{}
