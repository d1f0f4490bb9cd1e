"""Instruction kinds: what IFEval, IFBench and open-instruct ask of a response, each as one small pure check."""
