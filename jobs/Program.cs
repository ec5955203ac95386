Console.WriteLine("nowcast");
