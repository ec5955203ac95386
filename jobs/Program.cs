using ConvLstm.Nowcast.Jobs.Commands;

return await CommandLine.RunAsync(args, Terminal.OfProcess());
