"""(none yet)"""
