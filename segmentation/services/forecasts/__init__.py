"""What creators and campaigns are to bring: learned, told, kept, held against what came."""
